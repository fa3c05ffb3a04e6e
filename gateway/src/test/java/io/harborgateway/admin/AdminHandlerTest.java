package io.harborgateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.Drain;
import io.harborgateway.lifecycle.Readiness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole pipeline of an admin connection, on bytes, with answers made when the test says so. */
final class AdminHandlerTest {
  private final Drain drain = new Drain();
  private final Readiness readiness = new Readiness(drain);
  private final Condition upstream = readiness.condition("upstream");
  private final Queue<Runnable> workers = new ArrayDeque<>();
  private Supplier<Object> status = () -> Map.of("listeners", 3);
  private Supplier<Object> undrain = () -> Map.of("phase", "SERVING");
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
        .endsWith("path: \"/health\" (expected: one of /healthz, /readyz, /metrics, /status)\n");
  }

  @Test
  void otherMethodsAre405WithTheAllowedOnes() {
    send("POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}");

    assertThat(received())
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("allow: GET, HEAD\r\n")
        .endsWith("method: POST (expected: one of GET, HEAD)\n");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aRequestInPiecesIsAnswered() {
    send("POST /dra");
    send("in HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n");
    send("\r\n{");
    send("}");
    work();

    assertThat(received()).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void actionsAreDoneAtAPostAndAnswerHowItStands() {
    assertThat(ask("POST /drain HTTP/1.1\r\ncontent-length: 0"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("content-type: application/json\r\n")
        .contains("\"phase\" : \"WITHDRAWN\"");
    assertThat(ask("POST /undrain?by=me HTTP/1.1\r\ncontent-length: 0"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\"phase\" : \"SERVING\"");
  }

  @Test
  void actionsAreNotDoneAtAnotherMethod() {
    for (String request : List.of("GET /drain", "HEAD /undrain", "DELETE /drain")) {
      send(request + " HTTP/1.1\r\nhost: a\r\n\r\n");

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

    assertThat(ask("POST /undrain HTTP/1.1\r\ncontent-length: 0"))
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

  @Test
  void pipelinedRequestsAreAnsweredOneAfterTheOther() {
    send(
        Stream.of("/healthz", "/metrics", "/nowhere")
            .map("GET %s HTTP/1.1\r\nhost: a\r\n\r\n"::formatted)
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

  private EmbeddedChannel channel(Executor executor) {
    var sources =
        new AdminSources(
            readiness,
            () -> "gateway_up 1\n",
            () -> status.get(),
            () -> Map.of("phase", "WITHDRAWN"),
            () -> undrain.get());
    var embedded = new EmbeddedChannel();
    embedded.config().setAutoRead(false);
    embedded.pipeline().addLast(new AdminInitializer(new AdminResources(sources), executor));
    embedded.pipeline().fireChannelActive();
    return embedded;
  }

  private String ask(String head) {
    send(head + "\r\nhost: admin\r\n\r\n");
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
    var text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(StandardCharsets.UTF_8));
      part.release();
    }
    return text.toString();
  }
}
