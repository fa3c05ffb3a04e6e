package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.LoadReport;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.RouterLoad;
import io.harborgateway.testkit.RouterMessage;
import io.harborgateway.testkit.RouterRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a router's clients notice of two nodes, of which one is in trouble: nothing. */
@Timeout(240)
class TwoNodesIT {
  private static final String NODE = "drain-delay: 2s, drain-timeout: 60s";

  @TempDir Path folder;

  private static RouteStatus route(TestGateway gateway) {
    var status = Objects.requireNonNull(gateway.gateway().announcements().status());
    return status.routes().getFirst();
  }

  private static void awaitState(TestGateway gateway, RouteState state) {
    Await.until(state.toString(), Nodes.SOON, () -> route(gateway).state() == state);
  }

  @Test
  void aRouterThatStartsAnewHearsOfAllAtOnce() {
    try (var nodes = new Nodes(folder, NODE, "auto")) {
      Instant before = Instant.now();
      nodes.router.restart();
      nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
      System.out.println("restarted router complete after " + since(before));
      assertThat(nodes.router.request(RouterRequest.get(Nodes.NAME, "/v2/")).status())
          .isEqualTo(401);
    }
  }

  @Test
  void aStopLosesNoRequestAndNoUpload() {
    try (var nodes = new Nodes(folder, NODE, "auto")) {
      RouterLoad load =
          nodes
              .load()
              .uploads(6, 200_000, RouterRequest.of("PATCH", Nodes.NAME, "/upload/long"))
              .start();
      load.awaitUploaded(100_000);
      load.awaitMore(100);
      var stopping = Thread.ofVirtual().start(nodes.gateways.getFirst()::close);
      nodes.router.awaitEndpoints(Nodes.NAME, 1, Nodes.SOON);
      Await.until(
          "the listener is closed",
          Nodes.SOON,
          () ->
              nodes.gateways.getFirst().gateway().draining().status().phase()
                  == DrainSequence.Phase.FINISHING);
      load.awaitMore(300);
      load.awaitUploaded(500_000);
      assertThat(stopping.isAlive()).as("uploads are still on it").isTrue();
      load.finishUploads();
      LoadReport report = load.stop();
      System.out.println(report);
      assertThat(report.failures()).as(report.toString()).isZero();
      assertThat(report.uploads()).hasSize(6);
      assertThat(report.lostUploads()).as(report.toString()).isEmpty();
      Await.until("the node has stopped", Nodes.SOON, () -> !stopping.isAlive());
    }
  }

  @Test
  void aDrainThatIsUndoneIsAsIfItHadNotBeen() {
    try (var nodes = new Nodes(folder, NODE, "auto")) {
      RouterLoad load = nodes.load().start();
      load.awaitMore(100);
      TestGateway first = nodes.gateways.getFirst();
      assertThat(first.gateway().draining().begin()).isTrue();
      assertThat(first.gateway().draining().begin()).isFalse();
      awaitState(first, RouteState.WITHDRAWN);
      first.gateway().draining().await();
      assertThat(first.gateway().draining().status().phase())
          .isEqualTo(DrainSequence.Phase.DRAINED);
      assertThat(first.gateway().readiness().ready()).isFalse();
      load.awaitMore(100);
      assertThat(first.gateway().draining().undo()).isTrue();
      nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
      load.awaitMore(200);
      LoadReport report = load.stop();
      assertThat(report.failures()).as(report.toString()).isZero();
      assertThat(first.gateway().readiness().ready()).isTrue();
    }
  }

  @Test
  void whatARouterHearsOfOneNode() {
    try (var nodes = new Nodes(folder, NODE, "auto")) {
      int port = nodes.gateways.getFirst().address("https").getPort();
      nodes.nginx.getFirst().stop();
      awaitState(nodes.gateways.getFirst(), RouteState.WITHDRAWN);
      nodes.nginx.getFirst().start();
      awaitState(nodes.gateways.getFirst(), RouteState.ANNOUNCED);
      Await.until(
          "the router has heard of it again", () -> ofNode(nodes, port).getLast().registers());

      List<RouterMessage> heard = ofNode(nodes, port);
      assertThat(heard.getFirst().unregisters()).as("a new process").isTrue();
      assertThat(heard.get(1).registers()).isTrue();
      assertThat(heard.stream().filter(RouterMessage::unregisters)).hasSize(1 + 5);
      assertThat(nodes.router.rejected()).isEmpty();
      for (RouterMessage message : heard) {
        assertThat(message.json().get("uris").toString()).isEqualTo("[\"" + Nodes.NAME + "\"]");
        assertThat(message.json().get("host").stringValue()).isEqualTo("127.0.0.1");
        assertThat(message.json().get("server_cert_domain_san").stringValue())
            .isEqualTo(Nodes.NAME);
        assertThat(message.json().get("private_instance_id"))
            .isEqualTo(heard.getFirst().json().get("private_instance_id"));
      }
    }
  }

  private static List<RouterMessage> ofNode(Nodes nodes, int port) {
    return nodes.router.messages().stream()
        .filter(message -> message.json().get("tls_port").intValue() == port)
        .toList();
  }

  /** In its long form a minute, as long as routers take to notice that heartbeats are missing. */
  @Test
  void whileNatsIsAwayNothingIsLost() throws Exception {
    try (var nodes = new Nodes(folder, NODE, "auto")) {
      RouterLoad load =
          nodes
              .load()
              .requestsPerSecond(50)
              .uploads(2, 50_000, RouterRequest.of("PATCH", Nodes.NAME, "/upload/long"))
              .start();
      load.awaitMore(50);
      nodes.nats.stop();
      Thread.sleep(LongForm.or(Duration.ofSeconds(10), Duration.ofSeconds(60)));
      int before = nodes.router.messages().size();
      nodes.nats.restart();
      Await.until(
          "both nodes are announced again",
          Nodes.SOON,
          () -> nodes.router.messages().size() >= before + 2);
      load.awaitMore(50);
      load.finishUploads();
      LoadReport report = load.stop();
      assertThat(report.failures()).as(report.toString()).isZero();
      assertThat(report.lostUploads()).as(report.toString()).isEmpty();
      assertThat(nodes.router.messages().subList(before, before + 2))
          .allMatch(RouterMessage::registers);
    }
  }

  private static String since(Instant before) {
    return Duration.between(before, Instant.now()).toMillis() + " ms";
  }
}
