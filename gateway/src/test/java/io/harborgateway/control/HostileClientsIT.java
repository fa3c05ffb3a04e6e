package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile clients in numbers, at a gateway of its own process with the launcher's options: its
 * memory stays within its limit, a neighbour is answered meanwhile, and nothing is left afterwards.
 *
 * <p>The short form has a sixth of the memory, and clients in proportion; {@code
 * -Dharbor-gateway.test.long=true} has thousands of them, and the memory as shipped.
 */
@Timeout(300)
class HostileClientsIT {
  private static final boolean LONG = Boolean.getBoolean("harbor-gateway.test.long");
  private static final int CLIENTS = LONG ? 3_000 : 200;
  private static final int TLS_CLIENTS = LONG ? 1_000 : 50;
  private static final long SHORT_MEMORY = 40L << 20;
  private static final Duration ATTACK = LONG ? Duration.ofSeconds(10) : Duration.ofMillis(500);

  /** Between two sends, or the clients would take all of the machine, and the neighbour nothing. */
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(LONG ? 2 : 20);

  private static final String HOST = "Host: " + GatewayYaml.NAME + "\r\n";

  /** What one client does. */
  enum Attack {
    UNREAD_RESPONSES,
    UNREAD_PIPELINES,
    UNREAD_REFUSALS,
    ENDLESS_HEADS,
    HEADS_BYTE_BY_BYTE,
    UPLOADS_TO_A_STUCK_UPSTREAM,
    TRICKLES_TO_A_STUCK_UPSTREAM,
    MANY_FIELDS,
    LARGE_TEXTS_KEPT_IDLE,
    INFORMATIONAL_FLOODS,
    ENDLESS_TRAILERS_OF_RESPONSES,
    ENDLESS_TRAILERS;

    /** Returns, or goes on until the connection is closed. */
    void run(RawClient client) throws IOException {
      switch (this) {
        case UNREAD_RESPONSES -> client.send(get(HostileUpstream.BIG));
        case UNREAD_PIPELINES -> repeat(client, get("/"), 100);
        case UNREAD_REFUSALS -> repeat(client, "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n", 100);
        case ENDLESS_HEADS -> client.send(FIRST_LINES + "X: " + "a".repeat(60_000));
        case HEADS_BYTE_BY_BYTE -> {
          client.send(FIRST_LINES + "X: ");
          repeat(client, "a", 1);
        }
        case UPLOADS_TO_A_STUCK_UPSTREAM -> {
          client.send(STUCK_UPLOAD);
          repeat(client, "x".repeat(1000), 20);
        }
        case TRICKLES_TO_A_STUCK_UPSTREAM -> {
          client.send(STUCK_UPLOAD);
          repeat(client, "x", 1);
        }
        case MANY_FIELDS -> {
          client.send(FIRST_LINES);
          repeat(client, "a:b\r\n", 100);
        }
        case LARGE_TEXTS_KEPT_IDLE ->
            client.send(FIRST_LINES + "User-Agent: " + "u".repeat(60_000) + "\r\n\r\n");
        case INFORMATIONAL_FLOODS -> client.send(get(HostileUpstream.INFORMATIONAL));
        case ENDLESS_TRAILERS_OF_RESPONSES -> client.send(get(HostileUpstream.TRAILERS));
        case ENDLESS_TRAILERS -> {
          client.send("PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n");
          repeat(client, "T: x\r\n", 10);
        }
      }
    }
  }

  private static final String FIRST_LINES = "GET / HTTP/1.1\r\n" + HOST;
  private static final String STUCK_UPLOAD =
      "PUT "
          + HostileUpstream.STUCK
          + " HTTP/1.1\r\n"
          + HOST
          + "Content-Length: 99999999999\r\n\r\n";

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  /** Sends until the connection is closed, by the gateway or at the end of the attack. */
  private static void repeat(RawClient client, String text, int times) throws IOException {
    byte[] block = text.repeat(times).getBytes(StandardCharsets.US_ASCII);
    while (true) {
      client.send(block);
      LockSupport.parkNanos(PACE_NANOS);
    }
  }

  @TempDir static Path folder;

  private static HostileUpstream upstream;
  private static GatewayYaml yaml;
  private static GatewayProcess gateway;
  private static AdminClient admin;
  private static long limit;

  @BeforeAll
  static void start() {
    upstream = new HostileUpstream();
    yaml =
        new GatewayYaml(folder)
            .listener("http", "http", upstream.address())
            .listener("https", "https", upstream.address())
            .listener("tcp", "tcp", upstream.address())
            .section("logging: {access-log: {file: " + folder.resolve("access.log") + "}}");
    gateway =
        LONG
            ? GatewayProcess.launchAsShipped(folder, yaml.text())
            : GatewayProcess.launchAsShipped(
                folder, yaml.text(), "-Dio.netty.maxDirectMemory=" + SHORT_MEMORY);
    gateway.started();
    admin = new AdminClient(yaml);
    limit = metric("memory_buffers_limit_bytes");
  }

  @AfterAll
  static void stop() {
    admin.close();
    gateway.close();
    upstream.close();
  }

  /** What TLS does not change is tried without it in the short form. */
  private static final Set<Attack> OVER_TLS =
      LONG
          ? EnumSet.allOf(Attack.class)
          : EnumSet.of(
              Attack.UNREAD_RESPONSES,
              Attack.UNREAD_PIPELINES,
              Attack.ENDLESS_HEADS,
              Attack.TRICKLES_TO_A_STUCK_UPSTREAM);

  private static final Set<Attack> OVER_TCP =
      EnumSet.of(Attack.UNREAD_RESPONSES, Attack.UPLOADS_TO_A_STUCK_UPSTREAM);

  static Stream<Arguments> attacks() {
    return Stream.of(
            attacks("http", EnumSet.allOf(Attack.class)),
            attacks("https", OVER_TLS),
            attacks("tcp", OVER_TCP))
        .flatMap(attacks -> attacks);
  }

  private static Stream<Arguments> attacks(String listener, Set<Attack> attacks) {
    return attacks.stream().map(attack -> Arguments.of(listener, attack));
  }

  private static long metric(String name) {
    Matcher line =
        Pattern.compile("(?m)^harbor_gateway_" + name + "(\\{.*})? (\\S+)$")
            .matcher(admin.ask("GET", "/metrics").body());
    double sum = 0;
    while (line.find()) {
      sum += Double.parseDouble(line.group(2));
    }
    return (long) sum;
  }

  private static RawClient connect(String listener) throws IOException {
    var address = yaml.address(listener);
    return (listener.equals("https")
            ? RawClient.connect(address, yaml.tls())
            : RawClient.connect(address))
        .timeout(Duration.ofSeconds(30));
  }

  private static RawClient connectHostile(String listener) throws IOException {
    var tls = listener.equals("https") ? yaml.tls() : null;
    return RawClient.connectNarrow(yaml.address(listener), tls, 4096);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void memoryStaysWithinItsLimitAndANeighbourIsAnswered(String listener, Attack attack)
      throws Exception {
    int clients = listener.equals("https") ? TLS_CLIENTS : CLIENTS;
    Queue<RawClient> open = new ConcurrentLinkedQueue<>();
    var over = new AtomicBoolean();
    var begun = new CountDownLatch(clients);
    var connecting = new Semaphore(50); // more at once would overflow the listen queue
    List<Long> millis = new ArrayList<>();
    long most = 0;
    try (ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        attackers.execute(() -> {
          try {
            connecting.acquire();
            RawClient client;
            try {
              client = connectHostile(listener);
              open.add(client);
            } finally {
              connecting.release();
              begun.countDown();
            }
            if (!over.get()) {
              attack.run(client);
            }
          } catch (IOException e) {
            // What the gateway does to a hostile client is its own affair.
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
      }
      try {
        long end = System.nanoTime() + ATTACK.toNanos();
        while (System.nanoTime() < end) {
          millis.add(neighbour(listener));
          most = Math.max(most, metric("memory_buffers_bytes"));
          if (begun.getCount() > 0) {
            end = System.nanoTime() + ATTACK.toNanos();
          }
        }
      } finally {
        over.set(true);
        begun.await();
        for (RawClient client : open) {
          client.reset();
        }
      }
    }
    System.out.printf(
        "hostile: %s %s: clients=%d buffers=%,d of %,d heap=%,d resident=%,d neighbour: n=%d max=%d ms"
            + " failed=%d%n",
        listener,
        attack,
        clients,
        most,
        limit,
        metric("memory_heap_bytes"),
        gateway.memory().now(),
        millis.size(),
        millis.stream().mapToLong(Long::longValue).max().orElse(0),
        metric("memory_allocations_failed"));
    assertThat(most).isLessThanOrEqualTo(limit);
    assertThat(millis).as("answers to the neighbour").isNotEmpty();
    assertThat(gateway.isAlive()).as(gateway.output()).isTrue();
    Await.until(
        "nothing is left",
        Duration.ofSeconds(20),
        () -> metric("connections_open") == 0 && metric("memory_buffers_used_bytes") < 512 << 10);
    assertThat(gateway.output()).doesNotContain("ERROR");
  }

  /** Asks as somebody who means well; returns how long that took, in ms. */
  private static long neighbour(String listener) throws IOException {
    long start = System.nanoTime();
    try (var client = connect(listener)) {
      client.send("GET / HTTP/1.1\r\n" + HOST + "\r\n");
      var response = client.readResponse();
      assertThat(response.status()).as(response.body().text()).isEqualTo(200);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
