package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.ProcessMemory;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One side offers 256 MiB that the other takes slowly, or not at all: little is held in memory. */
@Timeout(120)
class BackpressureIT {
  private static final Payload OFFERED = new Payload(256L << 20);
  private static final long MAX_GROWTH_BYTES = 32L << 20;

  @TempDir static Path folder;

  private static Origin origin;
  private static GatewayYaml yaml;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    origin = Origin.start(Behaviours.silent());
    String inactivity = "inactivity: 1s";
    yaml =
        new GatewayYaml(folder)
            .listener("http", "http", origin.address(), "max-idle-connections: 0", "")
            .listener("https", "https", origin.address(), "max-idle-connections: 0", "")
            .listener("tcp", "tcp", origin.address())
            .listener("short", "https", origin.address(), "max-idle-connections: 0", inactivity);
    gateway = TestGateway.start(folder, yaml.text());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    origin.close();
  }

  private static RawClient connect(String listener) throws IOException {
    var address = gateway.address(listener);
    boolean plain = listener.equals("http") || listener.equals("tcp");
    return (plain ? RawClient.connect(address) : RawClient.connect(address, yaml.tls()))
        .timeout(Duration.ofSeconds(30));
  }

  private static long directBytes() {
    var memory = ProcessMemory.ofThisJvm();
    return memory.direct() + Math.max(0, memory.nettyDirect());
  }

  /** Waits until the count stays as it is: the sender is held up. Returns it. */
  private static long settled(LongSupplier count) {
    var last = new AtomicLong(-1);
    var since = new AtomicLong(System.nanoTime());
    Await.until(
        "the sender is held up",
        Duration.ofSeconds(30),
        () -> {
          long now = count.getAsLong();
          if (now == 0 || last.getAndSet(now) != now) {
            since.set(System.nanoTime());
          }
          return System.nanoTime() - since.get() > Duration.ofMillis(500).toNanos();
        });
    return last.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https", "tcp"})
  void aClientThatDoesNotReadHoldsUpTheUpstream(String listener) throws IOException {
    origin.behave(Behaviours.http(request -> Answer.of(200).payload(OFFERED)));
    long sentBefore = origin.bytesSent();
    long memoryBefore = directBytes();
    try (var client = connect(listener)) {
      client.send("GET /blob HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
      client.readHead();
      long sent = settled(() -> origin.bytesSent() - sentBefore);
      long growth = directBytes() - memoryBefore;
      System.out.printf("backpressure, %s down: sent=%,d growth=%,d%n", listener, sent, growth);
      assertThat(sent).isLessThan(OFFERED.length() / 4); // what the kernel's buffers hold
      assertThat(growth).isLessThan(MAX_GROWTH_BYTES);

      // It goes on once the client reads.
      client.input().skipNBytes(OFFERED.length());
      assertThat(directBytes() - memoryBefore).isLessThan(MAX_GROWTH_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void anUpstreamThatDoesNotReadHoldsUpTheClient(String listener) throws Exception {
    var goOn = new CompletableFuture<Void>();
    var server =
        Behaviours.http(request -> Answer.of(201).text(Long.toString(request.body().length())));
    origin.behave((in, out, socket) -> {
      in.mark(1);
      if (in.read() >= 0) { // not a health check
        in.reset();
        goOn.join();
        server.serve(in, out, socket);
      }
    });
    var sent = new AtomicLong();
    long memoryBefore = directBytes();
    try (var client = connect(listener)) {
      client.send(
          "PUT /blob HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(GatewayYaml.NAME, OFFERED.length()));
      var upload = CompletableFuture.runAsync(() -> upload(client, sent));
      long taken = settled(sent::get);
      long growth = directBytes() - memoryBefore;
      System.out.printf("backpressure, %s up: sent=%,d growth=%,d%n", listener, taken, growth);
      assertThat(taken).isLessThan(OFFERED.length() / 4);
      assertThat(growth).isLessThan(MAX_GROWTH_BYTES);

      goOn.complete(null);
      upload.get(60, TimeUnit.SECONDS);
      assertThat(client.readResponse().body().text()).isEqualTo("" + OFFERED.length());
      assertThat(directBytes() - memoryBefore).isLessThan(MAX_GROWTH_BYTES);
    }
  }

  private static void upload(RawClient client, AtomicLong sent) {
    byte[] block = new byte[64 << 10];
    try {
      for (long i = 0; i < OFFERED.length(); i += block.length) {
        client.send(block);
        sent.addAndGet(block.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"http, unknown.test", "https, unknown.test", "http, ", "https, "})
  void aClientThatPipelinesAndDoesNotReadIsNotReadEither(String listener, @Nullable String host)
      throws Exception {
    origin.behave(Behaviours.http(request -> Answer.of(200).payload(new Payload(8_000))));
    int blocks = 2_000; // of a hundred requests each
    byte[] request =
        "GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(host == null ? GatewayYaml.NAME : host)
            .repeat(100)
            .getBytes(StandardCharsets.US_ASCII);
    long memoryBefore = directBytes();
    int answeredBefore = gateway.requests().size();
    var sent = new AtomicLong();
    try (var client = connect(listener)) {
      var sending = CompletableFuture.runAsync(() -> sendAll(client, request, blocks, sent));
      settled(sent::get);
      assertThat(gateway.requests().size() - answeredBefore).isLessThan(blocks * 100 / 2);
      assertThat(directBytes() - memoryBefore).isLessThan(MAX_GROWTH_BYTES);
      try (var neighbour = connect(listener)) {
        neighbour.send("GET / HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
        assertThat(neighbour.readHead()).isNotNull();
      }
      client.reset();
      sending.exceptionally(reset -> null).join();
    }
    Await.until("its buffers are free", () -> gateway.gateway().plane().limits().open() == 0);
  }

  private static void sendAll(RawClient client, byte[] request, int times, AtomicLong sent) {
    try {
      for (int i = 0; i < times; i++) {
        client.send(request);
        sent.addAndGet(request.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSlowClientThatReadsOnIsNotCutByTheInactivityLimit() throws IOException {
    var body = new Payload(24L << 20);
    origin.behave(Behaviours.http(request -> Answer.of(200).payload(body)));
    try (var client = connect("short")) {
      client.send("GET /blob HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
      client.readHead();
      // For several times the limit of 1 s, and never idle for as long as that.
      long start = System.nanoTime();
      for (long i = 0; i < body.length(); i += 1 << 20) {
        client.input().skipNBytes(1 << 20);
        long due = start + (i >> 20) * Duration.ofMillis(200).toNanos();
        Await.until("the next read is due", () -> System.nanoTime() >= due);
      }
    }
  }

  @Test
  void aClientThatHasStoppedReadingIsCut() throws IOException {
    origin.behave(Behaviours.http(request -> Answer.of(200).payload(OFFERED)));
    try (var client = connect("short")) {
      client.send("GET /blob HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
      client.readHead();
      Await.until("the upstream's side is closed", () -> origin.openConnections() == 0);
      client.expectReset();
    }
  }
}
