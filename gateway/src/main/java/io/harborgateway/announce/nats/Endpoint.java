package io.harborgateway.announce.nats;

import io.harborgateway.config.values.HostName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The port of this node that a route leads to, as gorouter dials it.
 *
 * @param port the plaintext port, or null: none
 * @param tlsPort the TLS port, which gorouter prefers, or null: none
 * @param serverCertDomainSan the SNI that gorouter sends and the name it expects in the
 *     certificate; null: gorouter checks no name
 * @param protocol the protocol spoken on the port
 */
public record Endpoint(
    @Nullable Integer port,
    @Nullable Integer tlsPort,
    @Nullable HostName serverCertDomainSan,
    Protocol protocol) {

  /** The application protocol, as gorouter names it. */
  public enum Protocol {
    HTTP1("http1"),
    HTTP2("http2");

    private final String wireName;

    Protocol(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }
  }

  public Endpoint {
    if (port == null && tlsPort == null) {
      throw new IllegalArgumentException("endpoint: no port (expected: port, TLS port or both)");
    }
    if (tlsPort == null && serverCertDomainSan != null) {
      throw new IllegalArgumentException(
          "endpoint: certificate name %s without TLS port (expected: both)"
              .formatted(serverCertDomainSan));
    }
    requirePort(port);
    requirePort(tlsPort);
  }

  /** HTTP/1.1 over TLS; {@code certificateName} must be covered by the port's certificate. */
  public static Endpoint tls(int port, HostName certificateName) {
    return new Endpoint(null, port, certificateName, Protocol.HTTP1);
  }

  /** HTTP/1.1 in plaintext. */
  public static Endpoint plain(int port) {
    return new Endpoint(port, null, null, Protocol.HTTP1);
  }

  /** The port that gorouter dials and identifies the endpoint by. */
  int dialledPort() {
    return Objects.requireNonNull(tlsPort == null ? port : tlsPort);
  }

  private static void requirePort(@Nullable Integer port) {
    if (port != null && (port < 1 || port > 65535)) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }
}
