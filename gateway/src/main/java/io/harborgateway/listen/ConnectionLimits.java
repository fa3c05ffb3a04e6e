package io.harborgateway.listen;

import io.harborgateway.lifecycle.InFlight;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts open connections against the limits, over all listeners. Connections that are accepted at
 * the same moment by several event loops may exceed the limit by as many. Safe for use by any
 * thread.
 */
public final class ConnectionLimits {
  private final int maxConnections;
  private final int maxPerClient;
  private final int keptForTrusted;
  private final Predicate<InetAddress> trusted;
  private final InFlight inFlight = new InFlight();
  private final ConcurrentMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();

  /**
   * Makes limits with nothing counted.
   *
   * @param maxConnections of all clients, 1 or more
   * @param maxPerClient of one client address; 0 for no limit
   */
  public ConnectionLimits(int maxConnections, int maxPerClient) {
    this(maxConnections, maxPerClient, 0, client -> false);
  }

  /**
   * Creates limits with nothing counted.
   *
   * @param maxConnections of all clients, 1 or more
   * @param maxPerClient of one client address; 0 for no limit
   * @param keptForTrusted how many of the connections only trusted clients can take
   */
  public ConnectionLimits(
      int maxConnections, int maxPerClient, int keptForTrusted, Predicate<InetAddress> trusted) {
    this.maxConnections = maxConnections;
    this.maxPerClient = maxPerClient;
    this.keptForTrusted = keptForTrusted;
    this.trusted = trusted;
  }

  /** Tells whether the next connection is only counted when its client is known. */
  boolean needsClient() {
    return maxPerClient > 0 || isLeftToTrusted(inFlight.count());
  }

  private boolean isLeftToTrusted(long open) {
    return keptForTrusted > 0 && open >= maxConnections - keptForTrusted;
  }

  /** Counts a connection in; returns the name of the limit that refuses it, or null. */
  @Nullable String acquire(InetAddress client) {
    long open = inFlight.count();
    if (open >= maxConnections) {
      return "all";
    }
    if (isLeftToTrusted(open) && !trusted.test(client)) {
      return "strangers";
    }
    inFlight.started();
    if (maxPerClient > 0 && byClient.merge(client, 1, Integer::sum) > maxPerClient) {
      release(client);
      return "client";
    }
    return null;
  }

  void release(InetAddress client) {
    inFlight.ended();
    if (maxPerClient > 0) {
      byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Number of open connections. */
  public long open() {
    return inFlight.count();
  }

  /**
   * Waits until no connection is open. Blocks: for the control plane.
   *
   * @return false when some were still open at the end of {@code timeout}
   * @throws InterruptedException when this thread is interrupted
   */
  public boolean awaitNone(Duration timeout) throws InterruptedException {
    return inFlight.awaitZero(timeout);
  }
}
