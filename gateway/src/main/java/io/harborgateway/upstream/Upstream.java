package io.harborgateway.upstream;

import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One port of Harbor's nginx: where it is and how it is spoken to. Safe for use by any thread.
 *
 * <p>A host name is {@linkplain #resolve() resolved} off the event loops; until then the upstream
 * has no address, and dialling it is refused.
 */
public final class Upstream {
  /**
   * Where an upstream is, how it is spoken to, and its limits.
   *
   * @param tls null for plain TCP
   * @param serverName the name sent as SNI and expected in the certificate
   * @param connectTimeout limit of the TCP connect, and again of the TLS handshake
   * @param maxIdleConnections kept for reuse by each event loop
   * @param idleTimeout after which a kept connection is closed
   */
  public record Settings(
      String host,
      int port,
      @Nullable SslContext tls,
      String serverName,
      Duration connectTimeout,
      int maxIdleConnections,
      Duration idleTimeout) {}

  /** What traffic meets, told to who decides whether the upstream is up. By any event loop. */
  public interface Signals {
    /** A dial was refused: nobody listens. */
    void refused(String why);

    /** The upstream ended a connection on which nothing was asked. */
    void connectionLost();
  }

  private final Settings settings;
  private volatile @Nullable InetSocketAddress address;
  private volatile @Nullable Signals signals;
  private volatile boolean up;

  public Upstream(Settings settings) {
    this.settings = settings;
  }

  public Settings settings() {
    return settings;
  }

  /** Returns the address last resolved, or null when there has been none. */
  public @Nullable InetSocketAddress address() {
    return address;
  }

  /**
   * Looks the host up, which blocks: not to be called on an event loop. Keeps the old address when
   * the look-up fails.
   */
  public void resolve() throws UnknownHostException {
    address = new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port());
  }

  /** Whether it answers, as far as is known; false until its first check. */
  public boolean isUp() {
    return up;
  }

  void setUp(boolean now) {
    up = now;
  }

  void tellTo(Signals listener) {
    signals = listener;
  }

  /** A dial of traffic has failed. */
  public void dialFailed(Throwable cause) {
    Signals listener = signals;
    if (listener != null && up && DialFailure.isRefusal(cause)) {
      listener.refused(String.valueOf(cause.getMessage()));
    }
  }

  /** The upstream has closed an idle connection. */
  public void connectionLost() {
    Signals listener = signals;
    if (listener != null && up) {
      listener.connectionLost();
    }
  }

  /** {@code host:port} as configured. */
  @Override
  public String toString() {
    return (settings.host().indexOf(':') >= 0 ? "[" + settings.host() + "]" : settings.host())
        + ":"
        + settings.port();
  }
}
