package io.harborgateway.tls;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * How fast each client begins handshakes, in a table of fixed size: 1.5 MiB, whoever comes. An IPv6
 * client is its /64, since one host may have all addresses of it. Where clients compete for the
 * same few places, those are forgotten that have been slow for the longest; no client can choose
 * with whom it competes. Thread-safe.
 */
final class ClientRates {
  /** Seconds of its rate that a client may use up at once, after a pause. */
  static final int BURST_SECONDS = 10;

  private static final int SETS = 1 << 14;
  private static final int WAYS = 6;
  private static final int IPV6 = 16;

  /** No /64 that is in use begins with 0:1. */
  private static final long IPV4_PREFIX = 1L << 32;

  /**
   * For each place the client, and when it will have made up for its handshakes (the theoretical
   * arrival time of the generic cell rate algorithm).
   */
  private final long[] clients = new long[SETS * WAYS];

  private final long[] dueNanos = new long[SETS * WAYS];
  private final long secret = new SecureRandom().nextLong();
  private final long startNanos;

  /**
   * @param nanos now, by {@link System#nanoTime}; all other times are compared with it
   */
  ClientRates(long nanos) {
    startNanos = nanos;
  }

  /**
   * Counts a handshake unless the client is too fast.
   *
   * @param perSecond handshakes that are admitted in a second
   * @return whether it is admitted
   */
  synchronized boolean admit(InetAddress address, int perSecond, long nanos) {
    long now = nanos - startNanos;
    long client = client(address);
    int place = place(client);
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = clients[place] == client ? Math.max(dueNanos[place], now) : now;
    if (due - now > TimeUnit.SECONDS.toNanos(BURST_SECONDS) - interval) {
      return false;
    }
    clients[place] = client;
    dueNanos[place] = due + interval;
    return true;
  }

  /** Returns the client's place, or that of the one whose place it takes. */
  private int place(long client) {
    int first = (int) (mixed(client) >>> 50) * WAYS;
    int slowest = first;
    for (int place = first; place < first + WAYS; place++) {
      if (clients[place] == client) {
        return place;
      }
      if (dueNanos[place] < dueNanos[slowest]) {
        slowest = place;
      }
    }
    return slowest;
  }

  private static long client(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == IPV6
        ? ByteBuffer.wrap(bytes).getLong()
        : Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()) + IPV4_PREFIX;
  }

  /** The finalizer of MurmurHash3, twice, between which the secret is added. */
  private long mixed(long client) {
    return finished(finished(client ^ secret) + secret);
  }

  private static long finished(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
