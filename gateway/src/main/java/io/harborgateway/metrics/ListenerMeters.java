package io.harborgateway.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The meters of one listener, shared by all users of its name. Counts made after the last user has
 * closed them are never seen. Thread-safe; nothing blocks.
 */
public final class ListenerMeters implements AutoCloseable {
  /** Each instance adds some 20 time series. */
  static final int MAX_INSTANCES = 1_000;

  private static final String OTHER = "other";

  private final MeterGroup group;
  private final Runnable closed;
  private final String listener;
  private final LongAdder open = new LongAdder();
  private final LongAdder accepted;
  private final LongAdder receivedBytes;
  private final LongAdder sentBytes;
  private final LongAdder handshakes;
  private final ConcurrentMap<String, RequestMeters> byInstance = new ConcurrentHashMap<>();

  /**
   * @param group a group with only these meters
   * @param closed called by {@link #close}
   */
  ListenerMeters(MeterGroup group, Runnable closed, String listener) {
    this.group = group;
    this.closed = closed;
    this.listener = listener;
    this.accepted = counter("connections.accepted");
    this.receivedBytes = counter("received.bytes");
    this.sentBytes = counter("sent.bytes");
    this.handshakes = counter("tls.handshakes", "outcome", "ok");
    group.gauge("connections.open", open::sum, "listener", listener);
  }

  private LongAdder counter(String name) {
    return group.counter(name, "listener", listener);
  }

  private LongAdder counter(String name, String tag, String value) {
    return group.counter(name, tag, value, "listener", listener);
  }

  public void connectionOpened() {
    accepted.increment();
    open.increment();
  }

  public void connectionClosed() {
    open.decrement();
  }

  /** Number of open connections. */
  public long connectionsOpen() {
    return open.sum();
  }

  /**
   * Counts a connection that was accepted beyond a limit and reset.
   *
   * @param limit the limit that refused it: {@code all}, {@code client} or {@code strangers}
   */
  public void connectionRefused(String limit) {
    counter("connections.refused", "limit", limit).increment();
  }

  /** Counts body and tunnel bytes: received from and sent to clients. */
  public void bytes(long received, long sent) {
    receivedBytes.add(received);
    sentBytes.add(sent);
  }

  /**
   * Counts a handshake and what it has agreed on, which is always one of few.
   *
   * @param keyExchange the group of the key exchange, or {@code none}
   */
  public void handshakeDone(String version, String suite, String keyExchange, boolean resumed) {
    handshakes.increment();
    group
        .counter(
            "tls.negotiated",
            "version",
            version,
            "suite",
            suite,
            "group",
            keyExchange,
            "resumed",
            Boolean.toString(resumed),
            "listener",
            listener)
        .increment();
  }

  public void handshakeFailed() {
    counter("tls.handshakes", "outcome", "failed").increment();
  }

  /** Counts a client that was refused for its certificate, or for having none. */
  public void clientRefused(String reason) {
    counter("tls.clients.refused", "reason", reason).increment();
  }

  /** The name of the listener. */
  public String listener() {
    return listener;
  }

  /** Counts an exchange that ended with the failure of this code. */
  public void failed(String code) {
    counter("failures", "code", code).increment();
  }

  /**
   * Returns the meters of requests to an instance, created on first use; {@code none} if no
   * instance was found. Beyond {@link #MAX_INSTANCES}, further instances share {@code other}.
   */
  public RequestMeters requests(String instance) {
    RequestMeters meters = byInstance.get(instance);
    if (meters != null) {
      return meters;
    }
    RequestMeters others = byInstance.get(OTHER);
    if (others != null) {
      return others;
    }
    String label = byInstance.size() < MAX_INSTANCES ? instance : OTHER;
    return byInstance.computeIfAbsent(label, key -> new RequestMeters(group, listener, key));
  }

  /** Must be called once by each user; after the last call they are no longer shown. */
  @Override
  public void close() {
    closed.run();
  }
}
