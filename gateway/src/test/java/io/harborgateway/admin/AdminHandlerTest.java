package io.harborgateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.lifecycle.UpstreamEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole pipeline of an admin connection, on bytes, with answers made when the test says so. */
@Timeout(60)
final class AdminHandlerTest {
  private static final int LIMIT = 3; // of connections

  private final Drain drain = new Drain();
  private final Readiness readiness = new Readiness(drain, new NodeEvents());
  private final Condition upstream =
      readiness.condition(
          "upstream",
          (now, ready) -> UpstreamEvent.of("https", "10.0.0.1:80", "10.0.0.1", "", now, ready));
  private final Queue<Runnable> workers = new ArrayDeque<>();
  private Supplier<Object> status = () -> Map.of("listeners", 3);
  private Supplier<Object> undrain = () -> Map.of("phase", "SERVING");
  private final AdminConnections connections =
      new AdminConnections(LIMIT, ImmediateEventExecutor.INSTANCE);
  private final EmbeddedChannel channel = channel(workers::add);

  @AfterEach
  void closes() {
    channel.finishAndReleaseAll();
  }

  @Test
  void healthIsOk() {
    assertThat(ask("GET /healthz HTTP/1.1"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: text/plain; charset=utf-8\r\n", "cache-control: no-store\r\n")
        .contains("content-length: 3\r\n")
        .endsWith("\r\n\r\nok\n");
  }

  @Test
  void notReadyIs503WithTheReason() {
    upstream.notMet("connection refused");

    assertThat(ask("GET /readyz HTTP/1.1"))
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .contains("content-type: application/json\r\n")
        .contains("\"ready\" : false", "\"draining\" : false", "\"name\" : \"upstream\"")
        .contains("\"met\" : false", "\"reason\" : \"connection refused\"")
        .containsPattern("\"since\" : \"20[0-9]{2}-");
  }

  @Test
  void readyIs200() {
    upstream.met();

    assertThat(ask("GET /readyz HTTP/1.1"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\"ready\" : true");
  }

  @Test
  void drainingIs503() {
    upstream.met();
    drain.begin();

    assertThat(ask("GET /readyz HTTP/1.1"))
        .startsWith("HTTP/1.1 503 ")
        .contains("\"draining\" : true");
  }

  @Test
  void metricsAreThoseOfTheSource() {
    assertThat(ask("GET /metrics?name[]=x HTTP/1.1"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n")
        .endsWith("\r\n\r\ngateway_up 1\n");
  }

  @Test
  void statusIsTheSourceAsJson() {
    assertThat(ask("GET /status HTTP/1.1"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: application/json\r\n")
        .contains("\"listeners\" : 3");
  }

  @Test
  void headHasTheLengthAndNoBody() {
    assertThat(ask("HEAD /healthz HTTP/1.1"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-length: 3\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void unknownPathIs404WithTheKnownOnes() {
    assertThat(ask("GET /health HTTP/1.1"))
        .startsWith("HTTP/1.1 404 Not Found\r\n")
        .endsWith(
            "path: \"/health\" (expected: one of /healthz, /readyz, /metrics, /status, /events)\n");
  }

  @Test
  void otherMethodsAre405WithTheAllowedOnes() {
    send("POST /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}");

    assertThat(received())
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("allow: GET, HEAD\r\n")
        .endsWith("method: POST (expected: one of GET, HEAD)\n");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aRequestInPiecesIsAnswered() {
    send("POST /dra");
    send("in HTTP/1.1\r\nhost: localhost\r\nx-harbor-gateway: a\r\ncontent-length: 2\r\n");
    send("\r\n{");
    send("}");
    work();

    assertThat(received()).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void actionsAreDoneAtAPostAndAnswerHowItStands() {
    assertThat(ask("POST /drain HTTP/1.1\r\ncontent-length: 0\r\nx-harbor-gateway: test"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: application/json\r\n")
        .contains("\"phase\" : \"WITHDRAWN\"");
    assertThat(ask("POST /undrain?by=me HTTP/1.1\r\ncontent-length: 0\r\nx-harbor-gateway: test"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\"phase\" : \"SERVING\"");
  }

  @Test
  void actionsAreNotDoneAtAnotherMethod() {
    for (String request : List.of("GET /drain", "HEAD /undrain", "DELETE /drain")) {
      send(request + " HTTP/1.1\r\nhost: localhost\r\n\r\n");

      assertThat(workers).as(request).isEmpty();
      assertThat(received())
          .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
          .contains("allow: POST\r\n");
    }
  }

  @Test
  void actionThatFailsIs500WithoutItsMessage() {
    undrain =
        () -> {
          throw new IllegalStateException("expected by the test");
        };

    assertThat(ask("POST /undrain HTTP/1.1\r\ncontent-length: 0\r\nx-harbor-gateway: test"))
        .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
        .doesNotContain("expected by the test");
  }

  @Test
  void sourceThatFailsIs500WithoutItsMessage() {
    status =
        () -> {
          throw new IllegalStateException("expected by the test");
        };

    assertThat(ask("GET /status HTTP/1.1"))
        .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
        .doesNotContain("expected by the test");
  }

  @Test
  void whatIsNotHttpIs400AndClosed() {
    send("nonsense\r\n\r\n");

    assertThat(received()).startsWith("HTTP/1.1 400 Bad Request\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void closesWhenTheClientAsksForIt() {
    assertThat(ask("GET /healthz HTTP/1.1\r\nconnection: close")).contains("connection: close\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  private String reload(String query) {
    return ask("POST /reload" + query + " HTTP/1.1\r\ncontent-length: 0\r\nx-harbor-gateway: test");
  }

  @Test
  void aReloadIsAskedForByItsQuery() {
    assertThat(reload("")).startsWith("HTTP/1.1 200 ").contains("\"dryRun\" : false");
    assertThat(reload("?dry-run&config=/a")).contains("\"dryRun\" : true", "/a");
    assertThat(reload("?dry-run&file=/a/bad.yml")).startsWith("HTTP/1.1 422 ");
  }

  /** A word that is misspelt must not turn a dry run into a reload. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "?dryrun",
        "?dry_run",
        "?dry-run=false",
        "?dry-run&file=%zz",
        "?dry-run&file=a%00",
        "?dry-run&file=/a&file=/b",
      })
  void aReloadThatIsNotUnderstoodIsNone(String query) {
    assertThat(reload(query)).startsWith("HTTP/1.1 400 ").contains("/reload: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:8070",
        "localhost.",
        "127.0.0.1",
        "10.0.0.1:8070",
        "[::1]",
        "[::1]:8070",
        "node.example.com",
        "Node.Example.com:8070"
      })
  void hostIsAnAddressLocalhostOrConfigured(String host) {
    send("GET /healthz HTTP/1.1\r\nhost: " + host + "\r\n\r\n");
    work();
    assertThat(received()).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::1].evil.example",
        "evil.example:8070",
        "localhost:80@evil.example",
        "localhost:evil.example",
        "localhost@evil.example",
        "localhost:8070:1",
        "[::1]:evil.example",
        "[::1]evil.example",
        "[::1]:8070@evil.example",
        "1.2.3.4.5",
        "[evil]",
        "x.node.example.com",
        ""
      })
  void anotherHostIs421WithTheReason(String host) {
    for (String action : List.of("GET /status", "POST /drain")) {
      send(action + " HTTP/1.1\r\nx-harbor-gateway: a\r\nhost: " + host + "\r\n\r\n");
      assertThat(workers).isEmpty();
      assertThat(received())
          .startsWith("HTTP/1.1 421 ")
          .endsWith("(expected: an IP address, localhost, or one of admin.hosts)\n");
    }
  }

  @Test
  void hostIsThereOnce() {
    send("GET /healthz HTTP/1.1\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 400 ").endsWith("Host: 0 times (expected: once)\n");
    send("GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 400 ");
    send("GET /healthz HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
    work();
    assertThat(received()).startsWith("HTTP/1.1 200 ");
    send("GET /healthz HTTP/1.0\r\nconnection: keep-alive\r\norigin: http://null\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 403 ");
    send("POST /drain HTTP/1.0\r\nx-harbor-gateway: a\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 400 ").endsWith("Host: 0 times (expected: once)\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9"})
  void anotherVersionIs505(String version) {
    send("POST /drain " + version + "\r\nx-harbor-gateway: a\r\nhost: localhost\r\n\r\n");
    assertThat(workers).isEmpty();
    assertThat(received()).startsWith("HTTP/1.1 505 ").contains("expected: HTTP/1.1 or HTTP/1.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "origin: http://evil.example",
        "origin: null",
        "origin: http://localhost:1",
        "origin: https://localhost",
        "sec-fetch-site: cross-site",
        "sec-fetch-site: same-site",
        "origin: http://localhost\r\norigin: http://evil.example",
        "sec-fetch-site: none\r\nsec-fetch-site: cross-site"
      })
  void requestOfAnotherSiteIs403(String field) {
    for (String action : List.of("GET /status", "POST /drain")) {
      send(action + " HTTP/1.1\r\nhost: localhost\r\nx-harbor-gateway: a\r\n" + field + "\r\n\r\n");
      assertThat(workers).isEmpty();
      assertThat(received()).startsWith("HTTP/1.1 403 ").contains("(expected: none, or ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"origin: http://localhost", "sec-fetch-site: same-origin", "sec-fetch-site: none"})
  void requestOfItsOwnSiteIsAnswered(String field) {
    assertThat(ask("POST /drain HTTP/1.1\r\nx-harbor-gateway: a\r\n" + field))
        .startsWith("HTTP/1.1 200 ");
  }

  /** A form can send any of its three types, but no field of its own. */
  @Test
  void actionWithoutTheFieldThatNoFormCanSendIs403() {
    for (String path : List.of("/drain", "/undrain")) {
      send(
          "POST "
              + path
              + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n"
              + "content-length: 3\r\n\r\na=b");
      assertThat(workers).isEmpty();
      assertThat(received()).startsWith("HTTP/1.1 403 ").contains("no field X-Harbor-Gateway");
    }
  }

  @Test
  void headAndBodyAreBounded() {
    send("GET /" + "a".repeat(AdminInitializer.MAX_LINE_BYTES) + " HTTP/1.1\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 414 ");
    assertThat(channel.isOpen()).isFalse();

    var second = channel(workers::add);
    String field = "a".repeat(AdminInitializer.MAX_HEAD_BYTES);
    second.writeInbound(
        Unpooled.copiedBuffer(
            "GET / HTTP/1.1\r\na: " + field + "\r\n\r\n", StandardCharsets.US_ASCII));
    second.runPendingTasks();
    assertThat(received(second)).startsWith("HTTP/1.1 431 ");
    second.finishAndReleaseAll();

    var third = channel(workers::add);
    third.writeInbound(
        Unpooled.copiedBuffer(
            "POST /drain HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n",
            StandardCharsets.US_ASCII));
    third.runPendingTasks();
    assertThat(received(third)).startsWith("HTTP/1.1 413 ");
    third.finishAndReleaseAll();
  }

  @Test
  void aRequestThatTricklesIsCutOff() {
    channel.freezeTime();
    long step = AdminInitializer.REQUEST_LIMIT.toMillis() / 10;
    send("GET /healthz HTTP/1.1\r\n");
    for (int i = 0; i < 9; i++) {
      channel.advanceTimeBy(step, TimeUnit.MILLISECONDS);
      send("a: b\r\n");
    }
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(step, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aWholeRequestEndsItsTime() {
    channel.freezeTime();
    assertThat(ask("GET /healthz HTTP/1.1")).startsWith("HTTP/1.1 200 ");
    channel.advanceTimeBy(2 * AdminInitializer.REQUEST_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(ask("GET /healthz HTTP/1.1")).startsWith("HTTP/1.1 200 ");
  }

  /** The first is at work, the second was used last, and so the third has to leave. */
  @Test
  void aNewcomerTakesThePlaceOfTheLongestIdle() {
    send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    var second = channel(workers::add);
    var third = channel(workers::add);
    second.writeInbound(
        Unpooled.copiedBuffer("GET /healthz HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
    second.runPendingTasks();
    assertThat(received(second)).startsWith("HTTP/1.1 400 ");

    var newcomer = channel(workers::add);
    assertThat(Stream.of(channel, second, third, newcomer).map(EmbeddedChannel::isOpen))
        .containsExactly(true, true, false, true);
    work();
    assertThat(received()).endsWith("ok\n");
    second.finishAndReleaseAll();
    newcomer.finishAndReleaseAll();
  }

  @Test
  void aNewcomerIsClosedWhenAllAreBusy() {
    List<EmbeddedChannel> busy = List.of(channel(workers::add), channel(workers::add));
    for (EmbeddedChannel one : List.of(channel, busy.getFirst(), busy.getLast())) {
      one.writeInbound(
          Unpooled.copiedBuffer(
              "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", StandardCharsets.US_ASCII));
    }
    assertThat(workers).hasSize(LIMIT);
    assertThat(channel(workers::add).isOpen()).isFalse();
    channel.close();
    var next = channel(workers::add);
    assertThat(next.isOpen()).isTrue();
    next.finishAndReleaseAll();
    busy.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void pipelinedRequestsAreAnsweredOneAfterTheOther() {
    send(
        Stream.of("/healthz", "/metrics", "/nowhere")
            .map("GET %s HTTP/1.1\r\nhost: localhost\r\n\r\n"::formatted)
            .collect(Collectors.joining()));

    assertThat(workers).hasSize(1);
    work();
    assertThat(received()).endsWith("ok\n");
    assertThat(workers).hasSize(1);
    work();
    assertThat(received()).endsWith("gateway_up 1\n");
    work();
    assertThat(received()).startsWith("HTTP/1.1 404 ");
    assertThat(workers).isEmpty();
  }

  private record Reloaded(
      boolean dryRun, @Nullable Path file, @Nullable Path config, boolean isRefused)
      implements ReloadAction.Answer {}

  private static Reloaded reload(boolean dryRun, @Nullable Path file, @Nullable Path config) {
    return new Reloaded(dryRun, file, config, file != null && file.endsWith("bad.yml"));
  }

  private EmbeddedChannel channel(Executor executor) {
    var sources =
        new AdminSources(
            readiness,
            () -> "gateway_up 1\n",
            () -> status.get(),
            () -> Map.of("recorded", 3),
            () -> Map.of("phase", "WITHDRAWN"),
            () -> undrain.get(),
            AdminHandlerTest::reload,
            () -> Map.of("socket", "/run/x/s"),
            () -> new UpgradeAnswer(false, 7, List.of("it has ended")));
    var embedded = new EmbeddedChannel(DefaultChannelId.newInstance()); // which groups tell apart
    embedded.config().setAutoRead(false);
    embedded
        .pipeline()
        .addLast(
            new AdminInitializer(
                new AdminResources(sources),
                new AdminRules(List.of("node.example.com")),
                executor,
                connections));
    embedded.pipeline().fireChannelActive();
    return embedded;
  }

  @Test
  void anUpgradeThatFailsIsNoSuccess() {
    var answer = ask("POST /upgrade HTTP/1.1\r\nx-harbor-gateway: upgrade");
    assertThat(answer).startsWith("HTTP/1.1 422 ").contains("it has ended");
    assertThat(ask("POST /hand-over HTTP/1.1\r\nx-harbor-gateway: upgrade"))
        .startsWith("HTTP/1.1 200 ")
        .contains("/run/x/s");
    send("POST /upgrade HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assertThat(received()).startsWith("HTTP/1.1 403 ");
  }

  private String ask(String head) {
    send(head + "\r\nhost: localhost\r\n\r\n");
    work();
    return received();
  }

  private void send(String request) {
    channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    channel.runPendingTasks();
  }

  private void work() {
    workers.remove().run();
    channel.runPendingTasks();
  }

  private String received() {
    return received(channel);
  }

  private static String received(EmbeddedChannel from) {
    var text = new StringBuilder();
    for (ByteBuf part = from.readOutbound(); part != null; part = from.readOutbound()) {
      text.append(part.toString(StandardCharsets.UTF_8));
      part.release();
    }
    return text.toString();
  }
}
