package io.harborgateway.upstream;

import io.harborgateway.transport.DescriptorLimit;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import javax.net.ssl.SSLException;

/**
 * Why an upstream could not be dialled. No byte of a request has been sent in any of these cases.
 */
public enum DialFailure {
  /** Nobody is listening, or the host or network is unreachable. */
  REFUSED("upstream_refused"),
  /** No answer within the connect timeout. */
  TIMEOUT("upstream_connect_timeout"),
  /** The TLS handshake failed: not TLS, an untrusted certificate, a wrong name or pin. */
  TLS("upstream_tls"),
  /** This process is out of file descriptors. */
  RESOURCES("out_of_descriptors");

  private final String code;

  DialFailure(String code) {
    this.code = code;
  }

  /** The name in all metrics; the same for TCP as in HTTP's table of failures. */
  public String code() {
    return code;
  }

  /** Whether the host itself refused the connection. */
  static boolean isRefusal(Throwable cause) {
    if (cause instanceof DialException dial) {
      return dial.isRefusal();
    }
    return cause instanceof ConnectException
        && !(cause instanceof ConnectTimeoutException)
        && String.valueOf(cause.getMessage()).contains("refused");
  }

  /** Classifies the exception of a failed dial. */
  public static DialFailure of(Throwable cause) {
    return switch (cause) {
      case DialException e -> e.failure();
      case ConnectTimeoutException _, SslHandshakeTimeoutException _ -> TIMEOUT;
      case SSLException _ -> TLS;
      case ConnectException _ -> REFUSED;
      default -> DescriptorLimit.caused(cause) ? RESOURCES : REFUSED;
    };
  }
}
