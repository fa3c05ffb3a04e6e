package io.harborgateway.listen;

import io.harborgateway.lifecycle.InFlight;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts open connections against the limits, over all listeners. Connections accepted concurrently
 * may exceed a limit by up to the number of event loops. Thread-safe.
 *
 * <p>Each connection is counted for its client whether or not there is a limit per client, so that
 * a limit set later covers connections already open.
 */
public final class ConnectionLimits {
  private record Limits(
      int maxConnections, int maxPerClient, int keptForTrusted, Predicate<InetAddress> trusted) {}

  private final InFlight inFlight = new InFlight();
  private final ConcurrentMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();
  private volatile Limits limits;

  /**
   * Creates limits with nothing counted.
   *
   * @param maxConnections limit for all clients together, 1 or more
   * @param maxPerClient limit for one client address; 0 for no limit
   */
  public ConnectionLimits(int maxConnections, int maxPerClient) {
    this(maxConnections, maxPerClient, 0, client -> false);
  }

  /**
   * Creates limits with nothing counted.
   *
   * @param maxConnections limit for all clients together, 1 or more
   * @param maxPerClient limit for one client address; 0 for no limit
   * @param keptForTrusted number of connections reserved for trusted clients
   */
  public ConnectionLimits(
      int maxConnections, int maxPerClient, int keptForTrusted, Predicate<InetAddress> trusted) {
    this.limits = new Limits(maxConnections, maxPerClient, keptForTrusted, trusted);
  }

  /**
   * Replaces the limits; for the parameters, see the constructor. No open connection is closed:
   * beyond a lowered limit, no more are admitted until enough have ended. For any thread.
   */
  public void use(
      int maxConnections, int maxPerClient, int keptForTrusted, Predicate<InetAddress> trusted) {
    limits = new Limits(maxConnections, maxPerClient, keptForTrusted, trusted);
  }

  /** Counts a connection; returns the name of the limit that refuses it, or null. */
  @Nullable String acquire(InetAddress client) {
    Limits now = limits;
    long open = inFlight.count();
    if (open >= now.maxConnections) {
      return "all";
    }
    boolean isLeftToTrusted =
        now.keptForTrusted > 0 && open >= now.maxConnections - now.keptForTrusted;
    if (isLeftToTrusted && !now.trusted.test(client)) {
      return "strangers";
    }
    inFlight.started();
    int ofClient = byClient.merge(client, 1, Integer::sum);
    if (now.maxPerClient > 0 && ofClient > now.maxPerClient) {
      release(client);
      return "client";
    }
    return null;
  }

  void release(InetAddress client) {
    inFlight.ended();
    byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
  }

  /** Number of open connections. */
  public long open() {
    return inFlight.count();
  }

  /**
   * Waits until no connection is open. Blocks: for the control plane.
   *
   * @return false if some were still open at the end of {@code timeout}
   * @throws InterruptedException if this thread is interrupted
   */
  public boolean awaitNone(Duration timeout) throws InterruptedException {
    return inFlight.awaitZero(timeout);
  }
}
