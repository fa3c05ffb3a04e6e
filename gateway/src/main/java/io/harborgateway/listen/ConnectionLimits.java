package io.harborgateway.listen;

import io.harborgateway.lifecycle.InFlight;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts open connections against the limits, over all listeners. Connections that are accepted at
 * the same moment by several event loops may exceed the limit by as many. Safe for use by any
 * thread.
 */
public final class ConnectionLimits {
  private final int maxConnections;
  private final int maxPerClient;
  private final InFlight inFlight = new InFlight();
  private final ConcurrentMap<InetAddress, Integer> byClient = new ConcurrentHashMap<>();

  /**
   * Makes limits with nothing counted.
   *
   * @param maxConnections of all clients, 1 or more
   * @param maxPerClient of one client address; 0 for no limit
   */
  public ConnectionLimits(int maxConnections, int maxPerClient) {
    this.maxConnections = maxConnections;
    this.maxPerClient = maxPerClient;
  }

  /** Tells whether there is a limit for each client. */
  boolean countsClients() {
    return maxPerClient > 0;
  }

  /** Counts a connection in; returns the name of the limit that refuses it, or null. */
  @Nullable String acquire(InetAddress client) {
    if (inFlight.count() >= maxConnections) {
      return "all";
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
