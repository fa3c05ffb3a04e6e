package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.OneOrList;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.PeerName;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the upstream is authenticated. Exactly one of ca, pin and insecure is set. */
@Doc(
    "How the upstream proves who it is: exactly one of `ca`, `pin` and `insecure: true`. Harbor's"
        + " nginx has a certificate of Harbor's own, so there is no default to trust.")
public record UpstreamTlsConfig(
    @Doc(
            "PEM files of the CAs, one of which the upstream's certificate must be signed by; each"
                + " may hold several.")
        @Default("[]")
        @OneOrList
        @ReadableFile
        List<Path> ca,
    @Doc(
            "The public keys, one of which the upstream must have: `sha256/` and the base64 of the"
                + " SHA-256 of its SubjectPublicKeyInfo. While its key is changed, the old and the new.")
        @Default("[]")
        @OneOrList
        @Format(TextFormat.PIN)
        List<String> pin,
    @Doc("`true` takes any certificate. Must be written, and is warned about.") @Default("false")
        boolean insecure,
    @Doc(
            "The name that is sent as SNI and, with `ca`, that the certificate must have; one label is"
                + " enough, and underscores are sent too. An IP address is not sent (RFC 6066). Not"
                + " written: the host of the upstream's address.")
        @Nullable PeerName serverName,
    @Doc(
            "PEM file of the certificate that is shown to an upstream that asks for one, and its"
                + " chain; together with `key`.")
        @ReadableFile
        @Nullable Path certificate,
    @Doc("PEM file of that certificate's key.") @ReadableFile @Nullable Path key) {

  public UpstreamTlsConfig {
    ca = List.copyOf(ca);
    pin = List.copyOf(pin);
  }
}
