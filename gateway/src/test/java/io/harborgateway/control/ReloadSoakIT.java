package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpBody;
import io.harborgateway.testkit.HttpRequest;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.transport.Buffers;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reloads one after the other, each of which changes something else, under load of every kind that
 * must not notice.
 */
class ReloadSoakIT {
  private static final String OTHER = "11111111-2222-3333-4444-555555555555";
  private static final String THIRD = "22222222-2222-3333-4444-555555555555";

  /** Each is a multiple of the steps of {@link #change}, so that ends are alike. */
  private static final int STEPS = 18;

  private static final int RELOADS = LongForm.or(3, 56) * STEPS;
  private static final int WARM_UP = 2 * STEPS;

  private static final Payload DOWNLOAD = new Payload(32 << 20);
  private static final String DIGEST = DOWNLOAD.sha256();

  @TempDir private Path folder;
  private final Origin harbor = Origin.start(Behaviours.http(ReloadSoakIT::answer));
  private final Origin echo = Origin.start(Behaviours.echoBytes());
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Map<String, AtomicLong> done = new ConcurrentSkipListMap<>();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private ReloadStand stand;
  private String third = "";
  private List<String> certificates = List.of();
  private String otherRoutes = "[one]";
  private String otherCertificate = "";
  private String otherUpstreams = "";
  private @Nullable Counts last;

  private static Answer answer(HttpRequest request) {
    return switch (request.target()) {
      case "/ws" -> Answer.tunnel("websocket", Behaviours.echoBytes());
      case "/download" -> Answer.of(200).payload(DOWNLOAD);
      default -> Answer.of(201).text("sha256:" + request.body().sha256());
    };
  }

  @BeforeEach
  void start() {
    stand = ReloadStand.prepare(folder, harbor.port());
    stand.listeners.add(
        ReloadStand.listener("echo", stand.spare, "tcp", ReloadStand.to(echo.port())));
    certificates = List.of(certificate(OTHER), certificate(OTHER));
    otherCertificate = certificates.getFirst();
    third = instance(THIRD, "[]", certificate(THIRD), "");
    stand.instances.add(instance(OTHER, otherRoutes, otherCertificate, otherUpstreams));
    stand.start();
  }

  @AfterEach
  void close() {
    stand.close();
    harbor.close();
    echo.close();
  }

  @Test
  void nobodyNoticesReloadsOfSomethingElse() throws Exception {
    List<Thread> load = new ArrayList<>();
    load.add(run(this::shortRequests));
    load.add(run(this::keptRequests));
    load.add(run(this::longUpload));
    load.add(run(this::longDownloads));
    load.add(run(this::webSocket));
    load.add(run(this::tcpStream));
    try (RawClient quietTunnel = RawClient.connect(at(stand.spare));
        RawClient quiet = stand.connect(NAME)) {
      for (int i = 0; i < WARM_UP; i++) {
        change(i);
      }
      Counts before = settled();
      for (int i = WARM_UP; i < WARM_UP + RELOADS; i++) {
        change(i);
        if (i % 10 == 0) {
          stand.testGateway().requests().clear();
          ask(quiet);
          quietTunnel.send("ping").read(4);
        }
      }
      try {
        Await.until(
            "what was replaced is gone",
            () -> {
              last = counts();
              return last.isNear(before);
            });
      } catch (AssertionError e) {
        throw new AssertionError("before " + before + ", now " + last + ", " + failures, e);
      }
      Counts after = settled();
      System.out.printf("%d reloads, %s%nbefore %s%nafter  %s%n", RELOADS, done, before, after);
      assertThat(after.heap()).isLessThan(before.heap() + (16 << 20));
    }
    ending.set(true);
    for (Thread thread : load) {
      thread.join(Duration.ofSeconds(30));
    }
    assertThat(failures).isEmpty();
    assertThat(done).hasSize(6).allSatisfy((kind, count) -> assertThat(count.get()).isPositive());
  }

  /** Changes something of another instance, listener or upstream, and back again. */
  private void change(int number) {
    boolean on = number % STEPS < STEPS / 2;
    switch (number % (STEPS / 2)) {
      case 0 -> stand.routes = on ? "[images, more]" : "[images]";
      case 1 -> otherRoutes = on ? "[one, two]" : "[one]";
      case 2 -> otherCertificate = certificates.get(on ? 1 : 0);
      case 3 -> otherUpstreams = on ? elsewhere() : "";
      case 4 -> {
        stand.instances.remove(third);
        if (on) {
          stand.instances.add(third);
        }
      }
      case 5 -> {
        stand.listeners.removeIf(line -> line.contains("name: extra"));
        if (on) {
          stand.listeners.add(
              ReloadStand.listener("extra", stand.extra, "http", ReloadStand.to(echo.port())));
        }
      }
      case 6 -> stand.timeouts = on ? "{idle: 200s}" : "{}";
      case 7 -> section("limits", "{max-connections: " + (on ? 2000 : 3000) + "}");
      default -> section("http", on ? "{trusted-proxies: [10.0.0.0/8]}" : "{via: other}");
    }
    stand.instances.set(0, instance(OTHER, otherRoutes, otherCertificate, otherUpstreams));
    Reloads.Result result = stand.reload();
    assertThat(result.outcome()).as(number + ": " + result).isEqualTo(Outcome.APPLIED);
  }

  private void section(String name, String value) {
    stand.sections.removeIf(line -> line.startsWith(name));
    stand.sections.add(name + ": " + value);
  }

  /** An upstream of its own. */
  private String elsewhere() {
    return ", upstreams: [{listener: https, upstream: " + ReloadStand.to(echo.port()) + "}]";
  }

  private String certificate(String guid) {
    String domain = "." + ReloadStand.DOMAIN;
    return ReloadStand.files(
        stand.certificates.issue(guid + domain, guid + ".one" + domain, guid + ".two" + domain));
  }

  private static String instance(String guid, String routes, String certificate, String more) {
    return "{guid: %s, domain: %s, additional-routes: %s, certificate: %s%s}"
        .formatted(guid, ReloadStand.DOMAIN, routes, certificate, more);
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

  /** The same after a garbage collection, without what the test itself has recorded. */
  private Counts settled() {
    stand.testGateway().requests().clear();
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

  private void count(String kind) {
    done.computeIfAbsent(kind, key -> new AtomicLong()).incrementAndGet();
  }

  private void shortRequests() throws IOException {
    while (!ending.get()) {
      try (RawClient client = stand.connect(NAME)) {
        ask(client);
        count("connections");
      }
    }
  }

  private void keptRequests() throws IOException {
    try (RawClient client = RawClient.connect(at(stand.http))) {
      while (!ending.get()) {
        ask(client);
        count("requests on one connection");
      }
    }
  }

  private static void ask(RawClient client) throws IOException {
    client.send("GET /v2/ HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
    assertThat(client.readResponse().status()).isEqualTo(201);
  }

  private void longUpload() throws IOException {
    byte[] bytes = "x".repeat(1024).getBytes(StandardCharsets.US_ASCII);
    MessageDigest digest = HttpBody.newSha256();
    try (RawClient client = stand.connect(NAME)) {
      client.send("PUT /blob HTTP/1.1\r\nHost: " + NAME + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (!ending.get()) {
        client.send("400\r\n").send(bytes).send("\r\n");
        digest.update(bytes);
        count("KiB of one upload");
        LockSupport.parkNanos(5_000_000);
      }
      client.send("0\r\n\r\n");
      assertThat(client.readResponse().body().text())
          .isEqualTo("sha256:" + HexFormat.of().formatHex(digest.digest()));
    }
  }

  /** 32 MiB in 3 s or more each, so that the socket's buffers are full all the time. */
  private void longDownloads() throws IOException {
    byte[] part = new byte[64 << 10];
    try (RawClient client = stand.connect(NAME)) {
      while (!ending.get()) {
        client.send("GET /download HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
        assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 200 ");
        MessageDigest digest = HttpBody.newSha256();
        for (long left = DOWNLOAD.length(); left > 0; left -= part.length) {
          assertThat(client.input().readNBytes(part, 0, part.length)).isEqualTo(part.length);
          digest.update(part);
          LockSupport.parkNanos(6_000_000);
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(DIGEST);
        count("downloads");
      }
    }
  }

  private void webSocket() throws IOException {
    try (RawClient client = stand.connect(NAME)) {
      client.send(
          "GET /ws HTTP/1.1\r\nHost: "
              + NAME
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n\r\n");
      assertThat(client.readHead().startLine()).startsWith("HTTP/1.1 101 ");
      talk(client, "messages of one WebSocket");
    }
  }

  private void tcpStream() throws IOException {
    try (RawClient client = RawClient.connect(at(stand.spare))) {
      talk(client, "messages of one TCP stream");
    }
  }

  private void talk(RawClient client, String kind) throws IOException {
    for (int i = 0; !ending.get(); i++) {
      String message = "message " + i;
      assertThat(client.send(message).read(message.length())).isEqualTo(message);
      count(kind);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
