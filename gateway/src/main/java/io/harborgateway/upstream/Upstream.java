package io.harborgateway.upstream;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One port of Harbor's nginx: its address and how to talk to it. Thread-safe.
 *
 * <p>A host name is looked up off the event loops; until then the upstream has no address, and
 * dialling it fails. An IP address needs no lookup.
 */
public final class Upstream {
  /**
   * The address of an upstream, how to talk to it, and its limits.
   *
   * @param tls null for plain TCP
   * @param serverName the name sent as SNI and expected in the certificate
   * @param connectTimeout limit of a whole dial: TCP connect and TLS handshake, at all addresses
   * @param maxIdleConnections idle connections kept for reuse by each event loop
   * @param idleTimeout time after which an idle connection is closed
   */
  public record Settings(
      String host,
      int port,
      @Nullable SslContext tls,
      String serverName,
      Duration connectTimeout,
      int maxIdleConnections,
      Duration idleTimeout) {}

  /**
   * Signals from traffic to whoever decides whether the upstream is up. Called on any event loop.
   */
  public interface Signals {
    /** A dial was refused: nobody is listening. */
    void refused(String why);

    /** Something happened that is rare with a working upstream: a check should be made now. */
    void doubted();
  }

  private final Settings settings;
  private final boolean isName;
  private final Addresses addresses = new Addresses();
  private volatile @Nullable Signals signals;
  private volatile Consumer<TlsFault> faults = fault -> {};
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

  /** Returns the addresses in dialling order; empty before the first lookup. */
  List<InetSocketAddress> addresses() {
    return addresses.order();
  }

  /** Accepts the result of a lookup; returns whether an address was added or removed. */
  boolean found(List<InetAddress> found) {
    return addresses.replace(
        found.stream().map(each -> new InetSocketAddress(each, settings.port())).toList());
  }

  /** A dial has succeeded at this address, which is dialled first from now on. */
  void answered(InetSocketAddress address) {
    addresses.answered(address);
  }

  /** A dial has failed at this address, or was won by another while this one stayed silent. */
  void failed(InetSocketAddress address, String reason) {
    addresses.failed(address, reason);
  }

  /** TLS with it has failed, whether for traffic or for a check. */
  public void tlsFailed(TlsFault fault) {
    faults.accept(fault);
  }

  /**
   * Explains a failure of an established connection: with TLS 1.3 a server refuses a client's
   * certificate after the client has completed its handshake.
   *
   * @param tls the connection's TLS
   * @return whether the upstream refuses the gateway for its certificate, or for having none; it
   *     has then processed nothing
   */
  public boolean refusesClient(SslHandler tls, Throwable cause) {
    TlsReason reason =
        TlsReason.of(ClientCertificate.explained(tls.engine(), cause), settings.serverName());
    if (reason.fault() != TlsFault.CLIENT_CERTIFICATE) {
      return false;
    }
    tlsFailed(reason.fault());
    doubted();
    return true;
  }

  /** Sets who counts the failures of TLS. */
  public void countFaults(Consumer<TlsFault> counter) {
    faults = counter;
  }

  /** Returns the status of the addresses, in dialling order; at most 16. */
  public List<AddressStatus> addressStatus() {
    return addresses.status();
  }

  /** Returns which addresses failed and why, on one line; empty if none did. */
  public String failures() {
    return addressStatus().stream()
        .filter(each -> each.failure() != null)
        .map(each -> each.address() + ": " + each.failure())
        .collect(Collectors.joining("; "));
  }

  /** Whether this address is still one of the upstream's: its name may have moved. */
  public boolean isAt(SocketAddress address) {
    return !isName || addresses.isKnown(address);
  }

  /**
   * Looks up the host. Blocks: must not be called on an event loop, nor on a thread that others
   * wait for. Keeps the old addresses if the lookup fails.
   */
  public void resolve() throws UnknownHostException {
    if (isName) {
      found(Lookups.SYSTEM.resolve(settings.host()));
    }
  }

  /** Whether it is known to answer; false until its first check. */
  public boolean isUp() {
    return up;
  }

  void setUp(boolean now) {
    up = now;
  }

  /** Sets who receives the signals from traffic. */
  public void tellTo(Signals told) {
    signals = told;
  }

  /** A dial for traffic has failed. */
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

  /**
   * A dial or request is taking longer than usual, and nothing else has been answered in the
   * meantime.
   */
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
