package io.harborgateway.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.cli.Main;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A drain as an operator has it: by the admin listener, by the command, back, and again. */
@Timeout(100)
class DrainIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String HEAD =
      "PUT /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 10\r\n\r\n";

  @TempDir private Path folder;

  private final NatsServer nats = NatsServer.start();
  private final Origin origin = Origin.start(Behaviours.acceptUploads());
  private GatewayYaml yaml;
  private TestGateway gateway;
  private AdminClient admin;
  private boolean stopped;

  @BeforeEach
  void starts() {
    yaml =
        new GatewayYaml(folder)
            .node("event-loops: 1, address: 127.0.0.1, drain-delay: 2s, drain-timeout: 60s")
            .listener("http", "http", origin.address(), "health: {interval: 100ms, rise: 1}", "")
            .section(
                "registration: {servers: [\"%s\"], routes: [{listener: http}]}"
                    .formatted(nats.uri()));
    gateway = TestGateway.start(folder, yaml.text());
    admin = new AdminClient(yaml);
    awaitRoute("ANNOUNCED");
  }

  @AfterEach
  void closes() {
    if (!stopped) {
      admin.post("/drain"); // so that the wait of the close is over sooner
    }
    gateway.close();
    admin.close();
    origin.close();
    nats.close();
  }

  /** What a command has done. */
  private record Outcome(int exitCode, String out, String err) {}

  private CompletableFuture<Outcome> drain(String option) {
    var out = new StringWriter();
    var err = new StringWriter();
    var command =
        Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String config = folder.resolve("gateway.yml").toString();
    return CompletableFuture.supplyAsync(() ->
        new Outcome(
            command.execute("drain", "--config", config, option), out.toString(), err.toString()));
  }

  private static Outcome ended(CompletableFuture<Outcome> command)
      throws InterruptedException, ExecutionException, TimeoutException {
    return command.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private RawClient connect() throws IOException {
    return RawClient.connect(yaml.address("http")).timeout(SOON);
  }

  private void awaitRoute(String state) {
    Await.until(
        state,
        SOON,
        () -> {
          JsonNode routes = admin.status().path("registration").path("routes");
          return routes.get(0).path("state").stringValue().equals(state);
        });
  }

  private void awaitPhase(DrainSequence.Phase phase) {
    Await.until(phase.name(), SOON, () -> phase(admin.status().path("drain")) == phase);
  }

  private static DrainSequence.Phase phase(JsonNode drain) {
    return DrainSequence.Phase.valueOf(drain.path("phase").stringValue());
  }

  private void assertPhase(DrainSequence.Phase phase, long connections) {
    JsonNode status = admin.status();
    assertThat(phase(status.path("drain"))).isEqualTo(phase);
    assertThat(status.path("drain").path("connections").longValue()).isEqualTo(connections);
    boolean serves = phase == DrainSequence.Phase.SERVING;
    assertThat(status.path("draining").booleanValue()).isEqualTo(!serves);
    assertThat(status.path("ready").booleanValue()).isEqualTo(serves);
    assertThat(admin.ask("GET", "/readyz").status()).isEqualTo(serves ? 200 : 503);
  }

  private boolean isBound() {
    return admin.status().path("listeners").get(0).path("bound").booleanValue();
  }

  private boolean isRefused() throws IOException {
    try (var client = connect()) {
      assertThat(client).isNotNull();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void itsPhasesAreSeenUntilWhatIsInFlightHasEnded() throws Exception {
    assertPhase(DrainSequence.Phase.SERVING, 0);
    try (var upload = connect()) {
      upload.send(HEAD + "12345");
      Await.until("the upload is upstream", () -> origin.bytesReceived() > 5);

      CompletableFuture<Outcome> command = drain("--wait");
      awaitPhase(DrainSequence.Phase.WITHDRAWN);
      assertPhase(DrainSequence.Phase.WITHDRAWN, 1);
      awaitRoute("WITHDRAWING");
      try (var late = connect()) {
        var response = late.send(HEAD + "1234567890").readResponse();
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.head().field("Connection")).contains("close");
        late.expectEnd();
      }

      awaitPhase(DrainSequence.Phase.FINISHING);
      assertPhase(DrainSequence.Phase.FINISHING, 1);
      assertThat(isBound()).isFalse();
      assertThat(isRefused()).isTrue();
      assertThat(command).as("an upload is in flight").isNotDone();
      upload.send("67890");
      assertThat(upload.readResponse().status()).isEqualTo(201);

      Outcome outcome = ended(command);
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out().lines())
          .containsExactly("WITHDRAWING, 1 connections", "DRAINED, 0 connections");
      assertPhase(DrainSequence.Phase.DRAINED, 0);
    }
  }

  @Test
  void begunTwiceAndUndoneTwiceItIsOneDrain() throws Exception {
    for (String method : List.of("GET", "PUT", "DELETE")) {
      AdminClient.Answer answer = admin.ask(method, "/drain");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.allow()).isEqualTo("POST");
    }
    assertPhase(DrainSequence.Phase.SERVING, 0);

    AdminClient.Answer first = admin.post("/drain");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().propertyNames())
        .containsExactlyInAnyOrder("phase", "since", "connections");
    assertThat(phase(first.json())).isEqualTo(DrainSequence.Phase.WITHDRAWING);
    awaitPhase(DrainSequence.Phase.DRAINED);
    JsonNode ended = admin.status().path("drain");
    assertThat(admin.post("/drain").json()).as("a second time").isEqualTo(ended);

    AdminClient.Answer undone = admin.post("/undrain");
    assertThat(undone.status()).isEqualTo(200);
    assertThat(phase(undone.json())).isEqualTo(DrainSequence.Phase.SERVING);
    assertThat(admin.post("/undrain").json()).as("a second time").isEqualTo(undone.json());
    assertPhase(DrainSequence.Phase.SERVING, 0);
    awaitRoute("ANNOUNCED");
    try (var client = connect()) {
      var response = client.send(HEAD + "1234567890").readResponse();
      assertThat(response.status()).isEqualTo(201);
      assertThat(response.head().field("Connection")).isEmpty();
    }
  }

  /** As BOSH's agent does: it runs the script again while a number below 0 comes, then stops. */
  @Test
  void boshAsksAgainUntilNothingIsInFlight() throws Exception {
    try (var upload = connect()) {
      upload.send(HEAD + "12345");
      Await.until("the upload is upstream", () -> origin.bytesReceived() > 5);

      assertThat(ended(drain("--bosh")))
          .isEqualTo(new Outcome(0, "-5\n", "WITHDRAWING, 1 connections\n"));
      awaitPhase(DrainSequence.Phase.FINISHING);
      assertThat(ended(drain("--bosh")))
          .isEqualTo(new Outcome(0, "-5\n", "FINISHING, 1 connections\n"));
      upload.send("67890");
      assertThat(upload.readResponse().status()).isEqualTo(201);
      awaitPhase(DrainSequence.Phase.DRAINED);
      assertThat(ended(drain("--bosh")))
          .isEqualTo(new Outcome(0, "0\n", "DRAINED, 0 connections\n"));
    }

    gateway.close();
    stopped = true;
    Outcome gone = ended(drain("--bosh"));
    assertThat(gone.exitCode()).isZero();
    assertThat(gone.out()).isEqualTo("0\n");
    assertThat(gone.err()).startsWith("not running: http://127.0.0.1:");
  }

  /** Its requests would be cut off: the stop is to fail, so that somebody looks. */
  @Test
  void boshIsNotToldThatASilentGatewayIsDrained() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(
          folder.resolve("gateway.yml"),
          yaml.text().replaceAll("admin: \\{port: \\d+", "admin: {port: " + silent.getLocalPort()));
      Thread.startVirtualThread(() -> answerNothing(silent));
      Outcome outcome = ended(drain("--bosh"));
      assertThat(outcome.exitCode()).isEqualTo(71);
      assertThat(outcome.out()).isEmpty();
    }
  }

  private static void answerNothing(ServerSocket server) {
    try {
      server.accept().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Otherwise the end of the process would cut off what the undone drain waits for no more. */
  @Test
  void onceTheProcessStopsNothingUndoesIt() throws Exception {
    try (var upload = connect()) {
      upload.send(HEAD + "12345");
      Await.until("the upload is upstream", () -> origin.bytesReceived() > 5);
      admin.post("/drain");
      assertThat(admin.post("/undrain").status()).as("a drain that was asked for").isEqualTo(200);

      var stop = CompletableFuture.runAsync(gateway::close, Thread.ofPlatform()::start);
      awaitPhase(DrainSequence.Phase.WITHDRAWN);
      int registrations = nats.published("router.register");
      AdminClient.Answer refused = admin.post("/undrain");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.body()).contains("the process is ending");
      Outcome command = ended(drain("--undo"));
      assertThat(command.exitCode()).isEqualTo(71);
      assertThat(command.err()).contains("409", "the process is ending");
      awaitPhase(DrainSequence.Phase.FINISHING);
      assertThat(admin.post("/undrain").status()).isEqualTo(409);

      assertThat(stop).isNotDone();
      upload.send("67890");
      assertThat(upload.readResponse().status()).isEqualTo(201);
      stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
      stopped = true;
      assertThat(nats.published("router.register")).isEqualTo(registrations);
    }
  }

  /** What it was told of the connection was said before the drain began. */
  @Test
  void aConnectionEndsWithTheResponseThatWasUnderWay() throws Exception {
    var released = new CountDownLatch(1);
    origin.behave((in, out, socket) -> {
      if (in.read() >= 0) { // a check of the gateway's says nothing
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345".getBytes(US_ASCII));
        out.flush();
        awaitUninterruptibly(released);
        out.write("67890".getBytes(US_ASCII));
        out.flush();
        in.transferTo(OutputStream.nullOutputStream());
      }
    });
    try (var download = connect()) {
      download.send("GET /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n");
      assertThat(download.readHead().field("Connection")).isEmpty();
      assertThat(download.read(5)).isEqualTo("12345");
      admin.post("/drain");
      awaitPhase(DrainSequence.Phase.FINISHING);
      assertPhase(DrainSequence.Phase.FINISHING, 1);

      released.countDown();
      assertThat(download.read(5)).isEqualTo("67890");
      download.expectEnd();
      awaitPhase(DrainSequence.Phase.DRAINED);
    } finally {
      released.countDown();
    }
  }

  @Test
  void anUpstreamThatComesBackMeanwhileChangesNothing() throws Exception {
    int registrations = nats.published("router.register");
    admin.post("/drain");
    goAndComeBack();
    awaitPhase(DrainSequence.Phase.DRAINED);
    goAndComeBack();

    assertThat(isBound()).isFalse();
    assertThat(isRefused()).isTrue();
    assertThat(nats.published("router.register")).isEqualTo(registrations);
  }

  private void goAndComeBack() {
    origin.stop();
    Await.until("the upstream is down", SOON, () -> !isUp());
    origin.restart();
    Await.until("the upstream is up", SOON, this::isUp);
  }

  private boolean isUp() {
    return admin.status().path("upstreams").get(0).path("up").booleanValue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Else a drain script would wait for a node that stays in service. */
  @Test
  void whoWaitsForADrainThatIsUndoneIsToldSo() throws Exception {
    try (var upload = connect()) {
      upload.send(HEAD + "12345");
      Await.until("the upload is upstream", () -> origin.bytesReceived() > 5);
      CompletableFuture<Outcome> command = drain("--wait");
      awaitPhase(DrainSequence.Phase.WITHDRAWN);

      Outcome undo = ended(drain("--undo"));
      assertThat(undo).isEqualTo(new Outcome(0, "SERVING, 1 connections\n", ""));
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .as("else the listeners would be closed when the delay is over")
          .doesNotContain("drain");
      Outcome waited = ended(command);
      assertThat(waited.exitCode()).isEqualTo(71);
      assertThat(waited.err()).contains("the drain was undone");
      upload.send("67890");
      assertThat(upload.readResponse().status()).isEqualTo(201);
      assertThat(isBound()).isTrue();
    }
  }
}
