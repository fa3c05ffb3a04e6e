package io.harborgateway.control;

import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Clients that go on and on, and to which nothing may happen. Ended by the test. */
final class SteadyLoad implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GET = "GET /v2/ HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n";

  private final List<Thread> threads = new ArrayList<>();
  private final ExecutorService arrivals = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean ended;

  private interface Work {
    void once() throws IOException;
  }

  private void repeat(String what, Duration pause, Work work) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!ended) {
                count(what, work);
                LockSupport.parkNanos(pause.toNanos());
              }
            }));
  }

  private void count(String what, Work work) {
    try {
      work.once();
      answered.incrementAndGet();
    } catch (IOException | RuntimeException e) {
      failures.add(what + ": " + e);
    }
  }

  private static RawClient connect(InetSocketAddress address, RawClient.@Nullable Tls tls)
      throws IOException {
    return (tls == null ? RawClient.connect(address) : RawClient.connect(address, tls))
        .timeout(PATIENCE);
  }

  /** A client that asks again and again on one connection, and on a new one when told so. */
  SteadyLoad keepingAlive(InetSocketAddress address, RawClient.@Nullable Tls tls) {
    var kept = new Kept(address, tls);
    repeat("kept alive", Duration.ofMillis(1), kept::ask);
    return this;
  }

  private static final class Kept {
    private final InetSocketAddress address;
    private final RawClient.@Nullable Tls tls;
    private @Nullable RawClient client;

    Kept(InetSocketAddress address, RawClient.@Nullable Tls tls) {
      this.address = address;
      this.tls = tls;
    }

    void ask() throws IOException {
      RawClient now = client == null ? connect(address, tls) : client;
      client = null; // unless all goes well
      var response = now.send(GET).readResponse();
      if (response.status() != 200) {
        throw new IOException("status " + response.status());
      }
      if (response.head().field("Connection").filter("close"::equalsIgnoreCase).isPresent()) {
        now.close();
      } else {
        client = now;
      }
    }
  }

  /** A client that connects for each request. */
  SteadyLoad connecting(InetSocketAddress address, RawClient.@Nullable Tls tls) {
    repeat("new connection", Duration.ofMillis(1), () -> askOnce(address, tls));
    return this;
  }

  /** Clients that each connect for one request, one of them in each interval, whatever it takes. */
  SteadyLoad arriving(Duration interval, InetSocketAddress address, RawClient.@Nullable Tls tls) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              long due = System.nanoTime();
              while (!ended) {
                due += interval.toNanos();
                for (long left = due - System.nanoTime();
                    left > 0;
                    left = due - System.nanoTime()) {
                  LockSupport.parkNanos(left);
                }
                arrivals.execute(() -> count("arrival", () -> askOnce(address, tls)));
              }
            }));
    return this;
  }

  private static void askOnce(InetSocketAddress address, RawClient.@Nullable Tls tls)
      throws IOException {
    try (var client = connect(address, tls)) {
      int status = client.send(GET).readResponse().status();
      if (status != 200) {
        throw new IOException("status " + status);
      }
    }
  }

  long answered() {
    return answered.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Waits for more answers. */
  void awaitMore(long count) {
    long wanted = answered() + count;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (answered() < wanted) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("no more answers: " + failures);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    for (Thread thread : threads) {
      thread.join(PATIENCE);
    }
    arrivals.close();
  }
}
