package io.harborgateway.listen;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts open connections against the limits, over all listeners. Safe for use by any thread. */
public final class ConnectionLimits {
  private final int maxConnections;
  private final int maxPerClient;
  private final AtomicInteger open = new AtomicInteger();
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

  /** Counts a connection in; returns the name of the limit that refuses it, or null. */
  @Nullable String acquire(InetAddress client) {
    if (open.incrementAndGet() > maxConnections) {
      open.decrementAndGet();
      return "all";
    }
    if (maxPerClient > 0 && byClient.merge(client, 1, Integer::sum) > maxPerClient) {
      release(client);
      return "client";
    }
    return null;
  }

  void release(InetAddress client) {
    open.decrementAndGet();
    if (maxPerClient > 0) {
      byClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Number of open connections. */
  public int open() {
    return open.get();
  }
}
