package io.harborgateway.testkit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a TLS port again and again, by several threads, ends each connection after its
 * handshake, and keeps what it met: many new connections where a router's load makes few.
 */
public final class HandshakeProbe implements AutoCloseable {
  private static final int THREADS = 4;
  private static final long PAUSE_NANOS = Duration.ofMillis(15).toNanos();

  private final InetSocketAddress server;
  private final Supplier<RawClient.Tls> tls;
  private final List<Met> met = new ArrayList<>(); // guarded by this
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * What one connection met.
   *
   * @param ended when the handshake was over, or had failed
   * @param failure null when it succeeded
   */
  public record Met(Instant ended, Duration took, @Nullable BackendFailure failure) {}

  private HandshakeProbe(InetSocketAddress server, Supplier<RawClient.Tls> tls) {
    this.server = server;
    this.tls = tls;
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofVirtual().name("handshake probe").start(this::run));
    }
  }

  /** Begins; {@code tls} is asked for each connection, so that no session is resumed. */
  public static HandshakeProbe start(InetSocketAddress server, Supplier<RawClient.Tls> tls) {
    return new HandshakeProbe(server, tls);
  }

  private void run() {
    while (!stopping) {
      Instant began = Instant.now();
      BackendFailure failure = failure();
      Instant ended = Instant.now();
      synchronized (this) {
        met.add(new Met(ended, Duration.between(began, ended), failure));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private @Nullable BackendFailure failure() {
    try (var client = RawClient.connect(server, tls.get())) {
      return client.session().isValid() ? null : BackendFailure.OTHER;
    } catch (ConnectException e) {
      return BackendFailure.DIAL;
    } catch (IOException e) {
      return BackendFailure.of(e);
    }
  }

  /** The first failure after this moment. */
  public synchronized Optional<Met> firstFailure(Instant after) {
    return met.stream()
        .filter(each -> each.failure() != null && each.ended().isAfter(after))
        .findFirst();
  }

  /** How often each outcome was met; {@code OK} is none of the failures. */
  public synchronized Map<String, Long> counts() {
    var counts = new TreeMap<String, Long>();
    for (Met each : met) {
      BackendFailure failure = each.failure();
      counts.merge(failure == null ? "OK" : failure.name(), 1L, Long::sum);
    }
    return counts;
  }

  /** The median of how long those took that met this. */
  public synchronized Duration median(BackendFailure failure) {
    List<Duration> sorted =
        met.stream().filter(each -> each.failure() == failure).map(Met::took).sorted().toList();
    return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
  }

  /** Stops after the connections that are being made. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a probe ended", e);
    }
  }
}
