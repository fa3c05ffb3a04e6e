package io.harborgateway.upstream;

import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One port of Harbor's nginx: where it is and how it is spoken to. Safe for use by any thread.
 *
 * <p>A host name is looked up off the event loops; until then the upstream has no address, and
 * dialling it fails. An IP address needs no look-up.
 */
public final class Upstream {
  /**
   * Where an upstream is, how it is spoken to, and its limits.
   *
   * @param tls null for plain TCP
   * @param serverName the name sent as SNI and expected in the certificate
   * @param connectTimeout limit of a dial: of the TCP connect and the TLS handshake, at all
   *     addresses
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

    /** Something that an upstream which works rarely does: a check should be made now. */
    void doubted();
  }

  private final Settings settings;
  private final boolean isName;
  private final Addresses addresses = new Addresses();
  private volatile @Nullable Signals signals;
  private volatile boolean up;

  public Upstream(Settings settings) {
    this.settings = settings;
    this.isName =
        !NetUtil.isValidIpV4Address(settings.host())
            && !NetUtil.isValidIpV6Address(settings.host());
    if (!isName) {
      found(List.of(InetAddress.ofLiteral(settings.host())));
    }
  }

  public Settings settings() {
    return settings;
  }

  /** Whether the host is a name that must be looked up. */
  boolean isName() {
    return isName;
  }

  /** Returns the addresses in the order in which they are dialled; empty before a look-up. */
  List<InetSocketAddress> addresses() {
    return addresses.order();
  }

  /** Takes the result of a look-up; returns whether an address came or went. */
  boolean found(List<InetAddress> found) {
    return addresses.replace(
        found.stream().map(each -> new InetSocketAddress(each, settings.port())).toList());
  }

  /** A dial has succeeded at this address, which is dialled first from now on. */
  void answered(InetSocketAddress address) {
    addresses.answered(address);
  }

  /** A dial has failed at this address, or was won by another while nothing came from this one. */
  void failed(InetSocketAddress address, String reason) {
    addresses.failed(address, reason);
  }

  /** Returns how the addresses stand, in the order in which they are dialled; 16 at most. */
  public List<AddressStatus> addressStatus() {
    return addresses.status();
  }

  /** Returns which addresses failed and why, as one line; empty where none did. */
  public String failures() {
    return addressStatus().stream()
        .filter(each -> each.failure() != null)
        .map(each -> each.address() + ": " + each.failure())
        .collect(Collectors.joining("; "));
  }

  /** Whether a connection to this address is one to the upstream still: a name may have moved. */
  public boolean isAt(SocketAddress address) {
    return !isName || addresses.isKnown(address);
  }

  /**
   * Looks the host up, which blocks: not to be called on an event loop, nor on a thread that others
   * wait for. Keeps the old addresses when the look-up fails.
   */
  public void resolve() throws UnknownHostException {
    if (isName) {
      found(Lookup.SYSTEM.resolve(settings.host()));
    }
  }

  /** Whether it answers, as far as is known; false until its first check. */
  public boolean isUp() {
    return up;
  }

  void setUp(boolean now) {
    up = now;
  }

  /** Sets who is told of what traffic meets. */
  public void tellTo(Signals told) {
    signals = told;
  }

  /** A dial of traffic has failed. */
  public void dialFailed(Throwable cause) {
    Signals told = signals;
    if (told == null) {
      return;
    }
    if (DialFailure.isRefusal(cause)) {
      told.refused(String.valueOf(cause.getMessage()));
    } else if (DialFailure.of(cause) != DialFailure.RESOURCES) {
      told.doubted();
    }
  }

  /** The upstream has closed an idle connection. */
  public void connectionLost() {
    doubted();
  }

  /** A dial or a request waits for longer than usual, and nothing else was answered meanwhile. */
  public void silent() {
    doubted();
  }

  private void doubted() {
    Signals told = signals;
    if (told != null) {
      told.doubted();
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
