package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.transport.Buffers;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reloads one after the other, each of which changes something, under load that must not notice.
 */
class ReloadSoakIT {
  private static final String OTHER = "11111111-2222-3333-4444-555555555555";

  /** Each is a multiple of the twelve steps of {@link #change}, so that ends are alike. */
  private static final int RELOADS = LongForm.or(60, 1_008);

  private static final int WARM_UP = 24;

  @TempDir private Path folder;
  private final Origin uploads = Origin.start(Behaviours.acceptUploads());
  private final Origin echo = Origin.start(Behaviours.echoBytes());
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicLong requests = new AtomicLong();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private ReloadStand stand;
  private String otherCertificate = "";
  private @Nullable Counts last;

  @BeforeEach
  void start() {
    stand = ReloadStand.prepare(folder, uploads.port());
    stand.listeners.add(
        ReloadStand.listener("echo", stand.spare, "tcp", ReloadStand.to(echo.port())));
    stand.start();
    otherCertificate =
        ReloadStand.files(
            stand.certificates.issue(
                OTHER + "." + ReloadStand.DOMAIN,
                OTHER + ".one." + ReloadStand.DOMAIN,
                OTHER + ".two." + ReloadStand.DOMAIN));
  }

  @AfterEach
  void close() {
    stand.close();
    uploads.close();
    echo.close();
  }

  @Test
  void nobodyNoticesReloadsOfSomethingElse() throws Exception {
    List<Thread> load = new ArrayList<>();
    try (RawClient tunnel = RawClient.connect(at(stand.spare));
        RawClient kept = stand.connect(NAME)) {
      load.add(run(this::shortRequests));
      load.add(run(this::keptRequests));
      load.add(run(this::longUpload));
      for (int i = 0; i < WARM_UP; i++) {
        change(i);
      }
      Counts before = settled();
      for (int i = WARM_UP; i < WARM_UP + RELOADS; i++) {
        change(i);
        if (i % 10 == 0) {
          ask(kept);
          tunnel.send("ping").read(4);
        }
      }
      Await.until(
          "what was replaced is gone",
          () -> {
            last = counts();
            return last.isNear(before);
          });
      System.out.printf(
          "%d reloads, %d requests%nbefore %s%nafter  %s%n",
          RELOADS, requests.get(), before, settled());
      assertThat(settled().heap()).isLessThan(before.heap() + (16 << 20));
    }
    ending.set(true);
    for (Thread thread : load) {
      thread.join(Duration.ofSeconds(30));
    }
    assertThat(failures).isEmpty();
    assertThat(requests.get()).isGreaterThan(RELOADS);
  }

  /** Changes something of another instance, listener or upstream, and back again. */
  private void change(int number) {
    boolean on = number % 12 < 6;
    switch (number % 6) {
      case 0 -> {
        stand.instances.clear();
        if (on) {
          stand.instances.add(other("[one]"));
        }
      }
      case 1 -> {
        if (on) {
          stand.instances.set(0, other("[one, two]"));
        } else {
          stand.routes = "[images]";
        }
      }
      case 2 -> stand.timeouts = on ? "{idle: 200s}" : "{}";
      case 3 -> {
        stand.listeners.removeIf(line -> line.contains("name: extra"));
        if (on) {
          stand.listeners.add(
              ReloadStand.listener("extra", extraPort(), "http", ReloadStand.to(echo.port())));
        }
      }
      case 4 -> stand.sections.add("limits: {max-connections: " + (2000 + number) + "}");
      default -> stand.routes = on ? "[images, more]" : "[images]";
    }
    if (stand.sections.size() > 1) {
      stand.sections.removeFirst();
    }
    Reloads.Result result = stand.reload();
    assertThat(result.outcome()).as(result.toString()).isNotEqualTo(Outcome.REJECTED);
  }

  private int extraPort() {
    return stand.extra;
  }

  private String other(String routes) {
    return "{guid: %s, domain: %s, additional-routes: %s, certificate: %s}"
        .formatted(OTHER, ReloadStand.DOMAIN, routes, otherCertificate);
  }

  /** What would grow if a reload left something behind. */
  private record Counts(
      int connections,
      int threads,
      int descriptors,
      long heap,
      long buffers,
      int contexts,
      int meters,
      int conditions,
      int upstreams) {
    boolean isNear(Counts before) {
      return connections <= before.connections + 2
          && threads <= before.threads + 2
          && descriptors <= before.descriptors + 20
          && contexts == before.contexts
          && meters == before.meters
          && conditions == before.conditions
          && upstreams == before.upstreams;
    }
  }

  private Counts counts() {
    Gateway gateway = stand.gateway();
    return new Counts(
        (int) gateway.plane().limits().open(),
        Thread.activeCount(),
        Objects.requireNonNull(new File("/proc/self/fd").list()).length,
        Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
        Buffers.usedBytes(),
        gateway.contexts().size(),
        (int) gateway.plane().meters().scrape().lines().count(),
        gateway.readiness().snapshot().size(),
        gateway.reconciler().upstreams().size());
  }

  /** The same after a garbage collection. */
  private Counts settled() {
    System.gc();
    return counts();
  }

  // ---- load

  private interface Work {
    void run() throws IOException;
  }

  private Thread run(Work work) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            work.run();
          } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(e);
          }
        });
  }

  private void shortRequests() throws IOException {
    while (!ending.get()) {
      try (RawClient client = stand.connect(NAME)) {
        ask(client);
      }
    }
  }

  private void keptRequests() throws IOException {
    try (RawClient client = RawClient.connect(at(stand.http))) {
      while (!ending.get()) {
        ask(client);
      }
    }
  }

  private void ask(RawClient client) throws IOException {
    client.send("GET /v2/ HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
    assertThat(client.readResponse().status()).isLessThan(500);
    requests.incrementAndGet();
  }

  private void longUpload() throws IOException {
    try (RawClient client = stand.connect(NAME)) {
      client.send("PUT /blob HTTP/1.1\r\nHost: " + NAME + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (!ending.get()) {
        client.send("400\r\n" + "x".repeat(1024) + "\r\n");
        LockSupport.parkNanos(5_000_000);
      }
      client.send("0\r\n\r\n");
      assertThat(client.readResponse().status()).isLessThan(300);
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
