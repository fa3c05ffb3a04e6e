package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.AcmeChallenge;
import io.harborgateway.config.values.KeyAlgorithm;
import io.harborgateway.config.values.Protocol;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ACME server (RFC 8555) from which the gateway orders certificates. */
@Doc(
    "The ACME server (RFC 8555), such as Let's Encrypt, from which the gateway orders the"
        + " certificates of instances with a `public-host` that have none elsewhere, and renews them."
        + " Not together with `issuer`.")
public record AcmeConfig(
    @Doc(
            "The address of the server's directory, such as"
                + " `https://acme-v02.api.letsencrypt.org/directory`.")
        @Schemes("https")
        URI url,
    @Doc("PEM file of the CAs of the ACME server itself. Not written: those of the JDK.")
        @ReadableFile
        @Nullable Path ca,
    @Doc("Where the server's operator writes to when something is wrong with certificates.")
        @Format(TextFormat.TEXT)
        @Nullable String email,
    @Doc(
            "`true`: the terms of service of the server's operator are agreed to. Nothing else is taken.")
        boolean agreeToTerms,
    @Doc(
            "The private key of the account. Made if it is not there, with mode 0600, and never"
                + " replaced. Others may not read it.")
        Path accountKey,
    @Doc("A customer's account to which the ACME account is tied. Not written: to none.")
        @Nullable AcmeAccountBindingConfig externalAccount,
    @Doc(
            "The folder in which what is issued is kept, and found at the next start: `<guid>.crt`"
                + " with the chain, `<guid>.key` with the private key, mode 0600. Made if it is not"
                + " there. Servers limit how often one may ask again: it has to outlive restarts.")
        Path directory,
    @Doc("The keys: `rsa` (2048 bits) or `ecdsa` (P-256).") @Default("ecdsa") KeyAlgorithm keyType,
    @Doc(
            "How the server convinces itself that a name leads here. `http-01`: by a request to port"
                + " 80, which an `http` listener answers; `tls-alpn-01`: by a handshake on port 443 with"
                + " an `https` listener. Not written: the first there is of an `http` listener on port"
                + " 80, an `https` listener on port 443, any `http` listener, any `https` listener.")
        @Nullable AcmeChallenge challenge,
    @Doc(
            "How long before its end a certificate is renewed, or up to a tenth of its life earlier."
                + " Not written: a third of its life.")
        @Range(min = "1s", max = "87600h")
        @Nullable Duration renewBefore) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** Returns the protocol of the listeners that answer a challenge. */
  public static Protocol protocol(AcmeChallenge challenge) {
    return challenge == AcmeChallenge.HTTP_01 ? Protocol.HTTP : Protocol.HTTPS;
  }

  /** Returns the challenge, or null if no listener could answer it. */
  public @Nullable AcmeChallenge challenge(List<ListenerConfig> listeners) {
    if (challenge != null) {
      return challenge;
    }
    if (has(listeners, Protocol.HTTP, HTTP_PORT)) {
      return AcmeChallenge.HTTP_01;
    }
    if (has(listeners, Protocol.HTTPS, HTTPS_PORT)) {
      return AcmeChallenge.TLS_ALPN_01;
    }
    // The ports that the server knows may be those of whoever passes them on, such as Docker.
    return has(listeners, Protocol.HTTP, 0)
        ? AcmeChallenge.HTTP_01
        : has(listeners, Protocol.HTTPS, 0) ? AcmeChallenge.TLS_ALPN_01 : null;
  }

  private static boolean has(List<ListenerConfig> listeners, Protocol protocol, int port) {
    return listeners.stream()
        .anyMatch(each -> each.protocol() == protocol && (port == 0 || each.port() == port));
  }
}
