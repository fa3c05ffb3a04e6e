package io.harborgateway.testkit;

import static io.harborgateway.testkit.RouterFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Message;
import io.nats.client.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The router double on a real nats-server: its table and what it says. */
@Timeout(60)
final class GorouterIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration SOON = Duration.ofSeconds(10);

  private RouterFixture fixture;
  private Gorouter router;

  @BeforeEach
  void starts(@TempDir Path folder) throws Exception {
    fixture = new RouterFixture(folder);
    router = fixture.router;
  }

  @AfterEach
  void closes() throws Exception {
    fixture.close();
  }

  private static JsonNode json(Message message) {
    return JSON.readTree(Objects.requireNonNull(message).getData());
  }

  private static JsonNode startOf(String id) {
    return JSON.readTree(
        """
        {"id":"%s","hosts":[],"minimumRegisterIntervalInSeconds":20,"pruneThresholdInSeconds":120}
        """
            .formatted(id));
  }

  @Test
  void knowsWhatIsRegisteredUntilItIsUnregistered() {
    String route =
        """
        {"uris":["A.test","b.test"],"host":"10.0.0.1","port":80,"tls_port":443}
        """;
    fixture.publish("router.register", route);
    router.awaitEndpoints("a.test", 1, SOON);
    assertThat(router.endpoints("B.test").getFirst().address()).isEqualTo("10.0.0.1:443");
    assertThat(router.endpoints("B.test").getFirst().tls()).isTrue();

    fixture.publish("router.unregister", route);
    router.awaitEndpoints("a.test", 0, SOON);
    assertThat(router.endpoints("b.test")).isEmpty();
    assertThat(router.messages()).hasSize(2);
    assertThat(router.awaitMessage(RouterMessage::unregisters).json())
        .isEqualTo(JSON.readTree(route));
    assertThat(router.messages().getFirst().arrived())
        .isBeforeOrEqualTo(router.messages().getLast().arrived());
  }

  @Test
  void aPlainEndpointGoesStaleAndATlsOneStays() {
    fixture.publish(
        "router.register",
        "{\"uris\":[\"plain\"],\"host\":\"h\",\"port\":1,\"stale_threshold_in_seconds\":1}");
    fixture.publish(
        "router.register",
        "{\"uris\":[\"tls\"],\"host\":\"h\",\"tls_port\":1,\"stale_threshold_in_seconds\":1}");
    router.awaitEndpoints("plain", 1, SOON);
    router.awaitEndpoints("plain", 0, SOON);
    assertThat(router.endpoints("tls")).hasSize(1);
  }

  @Test
  void doesNotTakeMessagesOfWrongTypes() {
    fixture.publish("router.register", "{\"uris\":[\"a.test\"],\"host\":\"h\",\"port\":\"1\"}");
    fixture.publish("router.register", "no JSON");
    Await.until("both are rejected", () -> router.rejected().size() == 2);
    assertThat(router.rejected().getFirst()).startsWith("port: \"1\" (expected: 0 to 65535)");
    assertThat(router.endpoints("a.test")).isEmpty();
  }

  @Test
  void answersGreetings() throws Exception {
    Message answer = fixture.registrar.request("router.greet", new byte[0], SOON);
    assertThat(json(answer)).isEqualTo(startOf(router.id()));
    Await.until("the greeting is counted", () -> router.greetings() == 1);
  }

  @Test
  void startsEmptyAndSaysSo() throws Exception {
    fixture.register(fixture.good());
    Subscription starts = fixture.registrar.subscribe("router.start");
    fixture.registrar.flush(SOON);
    String before = router.id();

    router.restart();
    assertThat(router.id()).isNotEqualTo(before);
    assertThat(router.endpoints(NAME)).isEmpty();
    assertThat(json(starts.nextMessage(SOON))).isEqualTo(startOf(router.id()));

    fixture.register(fixture.good());
    assertThat(router.messages())
        .extracting(RouterMessage::id)
        .containsExactly(before, router.id());
  }

  @Test
  void keepsItsTableWithoutNatsAndSaysWhenItIsBack() {
    fixture.register(fixture.good());
    fixture.nats.stop();
    assertThat(router.request(RouterRequest.get(NAME, "/")).status()).isEqualTo(200);

    fixture.nats.restart();
    Await.until("it says that it is back", () -> fixture.nats.published("router.start") == 1);
    assertThat(router.endpoints(NAME)).hasSize(1);
  }

  @Test
  void makesTheResponsesItself() {
    assertThat(router.request(RouterRequest.get("unknown", "/")))
        .extracting(RouterResponse::status, RouterResponse::routerError)
        .containsExactly(404, "unknown_route");

    Origin gone = fixture.good();
    fixture.register(gone);
    gone.stop();
    RouterResponse failed = router.request(RouterRequest.get(NAME, "/"));
    assertThat(failed.status()).isEqualTo(502);
    assertThat(failed.isOfRouter()).isTrue();
    assertThat(failed.attempts()).hasSize(1);
    assertThat(failed.value("x-cf-routererror")).startsWith("endpoint_failure (");

    assertThat(router.request(RouterRequest.get(NAME, "/")))
        .extracting(RouterResponse::status, RouterResponse::routerError)
        .containsExactly(503, "no_endpoints");
  }

  @Test
  void threeAttemptsAreAllThereAre() {
    Origin[] broken = new Origin[4];
    for (int i = 0; i < broken.length; i++) {
      broken[i] = fixture.good();
    }
    fixture.register(broken);
    List.of(broken).forEach(Origin::stop);

    assertThat(router.request(RouterRequest.get(NAME, "/")).attempts())
        .extracting(Attempt::failure)
        .containsExactly(BackendFailure.DIAL, BackendFailure.DIAL, BackendFailure.DIAL);
    router.awaitEndpoints(NAME, 1, SOON);
  }
}
