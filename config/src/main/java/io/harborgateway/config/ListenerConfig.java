package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.WhenDown;
import org.jspecify.annotations.Nullable;

/** One port that accepts connections. */
@Doc("One port that is accepted on.")
public record ListenerConfig(
    @Doc("The name by which other keys, logs and metrics refer to the listener.")
        @Format(TextFormat.NAME)
        String name,
    @Doc("The IP address to bind. The default is every IPv4 address; `::` is IPv6 as well.")
        @Default("0.0.0.0")
        @Format(TextFormat.IP_ADDRESS)
        String address,
    @Doc("The TCP port to bind.") @Range(min = "1", max = "65535") int port,
    @Doc(
            "`https` ends TLS with the certificate of the instance, `http` takes HTTP in the clear,"
                + " `tcp` passes bytes on unread.")
        Protocol protocol,
    @Doc("Where requests or bytes are passed on to.") UpstreamConfig upstream,
    @Doc("How long things may take on this listener's connections.") @Default("{}")
        TimeoutsConfig timeouts,
    @Doc(
            "What new connections meet while the upstream does not answer. `alert` fails the"
                + " handshake with handshake_failure, which routers retry elsewhere, even a POST, and"
                + " is for `https` listeners only; `close` closes the port. `auto` is `alert` on `https` listeners, else `close`.")
        @Default("auto")
        WhenDown whenDown,
    @Doc(
            "Certificates that clients are to show; `https` listeners only. Not written: clients are"
                + " asked for none.")
        @Nullable ClientAuthConfig clientAuth) {}
