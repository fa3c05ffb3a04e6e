package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.values.HostPort;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where requests or bytes are forwarded to, and how. */
@Doc("Where requests or bytes are passed on to, and how.")
public record UpstreamConfig(
    @Doc("Host and port, such as `172.18.0.10:443` or `[fd00::10]:443`.") HostPort address,
    @Doc("TLS to the upstream. Without it the connection is in the clear. Not on `tcp` listeners.")
        @Nullable UpstreamTlsConfig tls,
    @Doc(
            "How long a connection may take to be made, TLS and all addresses of a name included;"
                + " as long as the routers wait for theirs.")
        @Default("5s")
        @Range(min = "100ms", max = "5m")
        Duration connectTimeout,
    @Doc(
            "How many idle connections are kept, for each event loop. `0` keeps none. The default"
                + " is what nginx's workers hold without effort.")
        @Default("64")
        @Range(min = "0", max = "10000")
        int maxIdleConnections,
    @Doc(
            "How long an idle connection is kept. The default is below nginx's `keepalive_timeout`"
                + " of 75s, so that nginx is not the one to close it under a request.")
        @Default("60s")
        @Range(min = "1s", max = "1h")
        Duration idleTimeout,
    @Doc("How it is found out whether the upstream answers.") @Default("{}")
        HealthCheckConfig health) {}
