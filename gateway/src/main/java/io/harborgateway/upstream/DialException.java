package io.harborgateway.upstream;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * Thrown if a dial failed at each address tried. Its message is for operators: {@code connection
 * refused}, or {@code 172.18.0.10: connection refused} if the upstream is configured by name.
 */
public final class DialException extends IOException {
  private static final long serialVersionUID = 1L;

  private final DialFailure failure;
  private final boolean refusal;
  private final String reason;

  private DialException(
      DialFailure failure, boolean refusal, String reason, String message, Throwable cause) {
    super(message, cause);
    this.failure = failure;
    this.refusal = refusal;
    this.reason = reason;
  }

  /** Returns the failure for an upstream whose name has no address. */
  static DialException notResolved(Upstream upstream) {
    String message = "host name " + upstream.settings().host() + ": not resolved";
    return new DialException(
        DialFailure.REFUSED, false, message, message, new IOException(message));
  }

  /**
   * Returns the failure at one address.
   *
   * @param limit of the attempt
   * @param handshake whether the connection was already established
   */
  static DialException of(
      Upstream upstream,
      InetSocketAddress address,
      Throwable cause,
      Duration limit,
      boolean handshake) {
    DialFailure failure = DialFailure.of(cause);
    if (handshake && failure == DialFailure.REFUSED) {
      failure = DialFailure.TLS; // whatever breaks a handshake other than its time limit
    }
    boolean refusal = !handshake && DialFailure.isRefusal(cause);
    String reason =
        refusal ? "connection refused" : reason(cause, upstream.settings(), limit, handshake);
    String message =
        upstream.isName() ? address.getAddress().getHostAddress() + ": " + reason : reason;
    return new DialException(failure, refusal, reason, message, cause);
  }

  /** Returns the failure of a dial that failed at all of its addresses (at least one). */
  static DialException of(List<DialException> all) {
    if (all.size() == 1) {
      return all.getFirst();
    }
    // A failure other than a refusal says more: somebody may be there. But the one that ended the
    // dial comes first.
    DialException last = all.getLast();
    DialException main =
        last.failure == DialFailure.RESOURCES
            ? last
            : all.stream().filter(each -> !each.refusal).findFirst().orElse(all.getFirst());
    String message = all.stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
    return new DialException(main.failure, main.refusal, message, message, main);
  }

  public DialFailure failure() {
    return failure;
  }

  /** Returns the message without the address. */
  String reason() {
    return reason;
  }

  /** Whether the connection was refused at every address. */
  boolean isRefusal() {
    return refusal;
  }

  /**
   * Does nothing: dial failures are reported and counted, and their stack traces are meaningless.
   */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  private static String reason(
      Throwable cause, Upstream.Settings settings, Duration limit, boolean handshake) {
    return switch (cause) {
      case ConnectTimeoutException _ -> "no connection within " + limit.toMillis() + " ms";
      case SslHandshakeTimeoutException _ ->
          "connected, but no TLS handshake within " + limit.toMillis() + " ms";
      case SSLException e -> TlsReason.of(e, settings.serverName()).text();
      case ClosedChannelException e when handshake -> TlsReason.of(e, settings.serverName()).text();
      default -> handshake ? TlsReason.of(cause, settings.serverName()).text() : withoutCall(cause);
    };
  }

  /**
   * Strips what Netty adds to an error's text: the call and number before it, the address after it.
   */
  private static String withoutCall(Throwable cause) {
    String message = cause.getMessage();
    if (message == null) { // as of a connection that was closed before it was there
      return cause.getClass().getSimpleName();
    }
    int call = message.indexOf("failed with error(");
    int text = call < 0 ? -1 : message.indexOf("): ", call);
    String rest = text < 0 ? message : message.substring(text + 3);
    int address = rest.indexOf(": /");
    return address < 0 ? rest : rest.substring(0, address);
  }
}
