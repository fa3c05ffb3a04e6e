package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.DOMAIN;
import static io.harborgateway.control.ReloadStand.GUID;
import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RegistryTap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reload changes, and what it leaves alone. */
class ReloadIT {
  private static final String MORE = GUID + ".more." + DOMAIN;
  private static final String IMAGES = GUID + ".images." + DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(naming("one"));
  private final Origin other = Origin.start(naming("two"));
  private ReloadStand stand;

  private static Behaviour naming(String name) {
    return Behaviours.closeAfter(
        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(name.length(), name));
  }

  @BeforeEach
  void start() {
    stand = ReloadStand.start(folder, origin.port());
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
    other.close();
  }

  private static RawClient get(RawClient client, String host) throws IOException {
    return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private int status(String name) throws IOException {
    try (RawClient client = RawClient.connect(at(stand.http))) {
      return get(client, name).readResponse().status();
    }
  }

  private String body(int port) throws IOException {
    return body(port, NAME);
  }

  private String body(int port, String name) throws IOException {
    try (RawClient client = RawClient.connect(at(port))) {
      return get(client, name).readResponse().body().text();
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  @Test
  void aNameThatTheCertificateDoesNotCoverIsRefusedAndTheOthersStay() throws Exception {
    stand.routes = "[images, uncovered]";
    Reloads.Result result = stand.reload();
    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.problems()).anyMatch(line -> line.contains("uncovered." + DOMAIN));
    stand.connect(NAME).close();
  }

  @Test
  void namesComeAndGo() throws Exception {
    assertThat(status(MORE)).isEqualTo(404);

    stand.routes = "[more]";
    Reloads.Result result = stand.reload();

    assertThat(result.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(result.generation()).isEqualTo(2);
    assertThat(result.changes())
        .containsExactly("changed: instances[" + GUID + "].additional-routes: [images] -> [more]");
    assertThat(status(MORE)).isEqualTo(200);
    assertThat(status(IMAGES)).isEqualTo(404);
    try (RawClient client = stand.connect(MORE)) {
      assertThat(get(client, MORE).readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void namesThatLeaveResolveUntilRoutersKnow() throws Exception {
    stand.close();
    stand.node = "{address: 127.0.0.1, event-loops: 2, drain-delay: 2s, drain-timeout: 1s}";
    stand.sections.add("registration: {servers: [\"nats://127.0.0.1:1\"]}");
    stand.start();

    stand.routes = "[more]";
    stand.reload();

    assertThat(status(IMAGES)).isEqualTo(200);
    stand.timeouts = "{idle: 200s}";
    stand.reload();
    assertThat(status(IMAGES)).as("whatever else is reloaded").isEqualTo(200);
    assertThat(status(MORE)).isEqualTo(200);
    try (RawClient client = stand.connect(IMAGES)) {
      assertThat(get(client, IMAGES).readResponse().status()).isEqualTo(200);
    }
    Await.until("the name is gone", () -> statusOrZero(IMAGES) == 404);
  }

  @Test
  void routersHearOfNamesThatComeAndGo() throws Exception {
    stand.close();
    try (NatsServer nats = NatsServer.start()) {
      stand.sections.add("registration: {interval: 1s, servers: [\"" + nats.uri() + "\"]}");
      stand.start();
      try (RegistryTap tap = RegistryTap.on(nats)) {
        tap.await("the names that were", said -> said.registers() && said.names(IMAGES));

        tap.forget();
        stand.routes = "[more]";
        stand.reload();

        tap.await("the new name", said -> said.registers() && said.names(MORE));
        tap.await("the end of the old one", said -> !said.registers() && said.names(IMAGES));
        assertThat(tap.said())
            .as("what stays is never unregistered")
            .noneMatch(said -> !said.registers() && said.names(NAME));
      }
    }
  }

  @Test
  void anInstanceThatLeavesIsNeverServedByTheUpstreamOfAnother() throws Exception {
    String guid = "11111111-2222-3333-4444-555555555555";
    String name = guid + "." + DOMAIN;
    stand.close();
    stand.node = "{address: 127.0.0.1, event-loops: 2, drain-delay: 2s, drain-timeout: 1s}";
    stand.sections.add("registration: {servers: [\"nats://127.0.0.1:1\"]}");
    stand.instances.add(
        "{guid: %s, domain: %s, certificate: %s, upstreams: [{listener: http, upstream: %s}]}"
            .formatted(
                guid,
                DOMAIN,
                ReloadStand.files(stand.certificates.issue(name)),
                ReloadStand.to(other.port())));
    stand.start();
    assertThat(body(stand.http, name)).isEqualTo("two");

    stand.instances.clear();
    stand.reload();

    assertThat(body(stand.http, name)).isEqualTo("two");
    Await.until("the name is gone", () -> statusOrZero(name) == 404);
    Await.until("so is its upstream", () -> stand.gateway().reconciler().upstreams().size() == 3);
  }

  @Test
  void whatWasJustRemovedCanComeBackAtOnce() throws Exception {
    stand.close();
    stand.node = "{address: 127.0.0.1, event-loops: 2, drain-delay: 6s, drain-timeout: 1s}";
    stand.sections.add("registration: {servers: [\"nats://127.0.0.1:1\"]}");
    String spare = ReloadStand.listener("spare", stand.spare, "http", stand.upstream);
    stand.listeners.add(spare);
    stand.start();

    stand.listeners.clear();
    stand.reload();
    stand.listeners.add(spare);

    assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(body(stand.spare)).isEqualTo("one");
  }

  @Test
  void anAddressThatIsNotHereIsRejectedAlsoAtThePortOfTheListener() throws Exception {
    String spare = ReloadStand.listener("spare", stand.spare, "http", stand.upstream);
    stand.listeners.add(spare);
    stand.reload();
    stand.listeners.set(0, spare.replace("127.0.0.1, port", "192.0.2.77, port"));

    assertThat(stand.reload().outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(body(stand.spare)).isEqualTo("one");
  }

  /** Beyond so many, certificates are not kept in memory. */
  @Test
  void oneInstanceMoreThanAreKeptDoesNotMakeTheOthersUnproven() {
    List<String> guids =
        IntStream.range(1, Certificates.KEPT + 1)
            .mapToObj("00000000-0000-4000-8000-%012d"::formatted)
            .toList();
    String files =
        ReloadStand.files(
            stand.certificates.issue(
                guids.stream().map(guid -> guid + "." + DOMAIN).toArray(String[]::new)));
    for (String guid : guids.subList(0, Certificates.KEPT - 1)) {
      stand.instances.add("{guid: %s, domain: %s, certificate: %s}".formatted(guid, DOMAIN, files));
    }
    stand.reload();
    assertThat(problems()).isEmpty();

    stand.instances.add(
        "{guid: %s, domain: %s, certificate: %s}".formatted(guids.getLast(), DOMAIN, files));
    Live.State before = stand.gateway().live().get();
    CertificateWatch next = before.certificates().next(reread(before.snapshot()));

    assertThat(IntStream.range(0, Certificates.KEPT).mapToObj(next::problem))
        .allMatch(Objects::isNull);
  }

  private Snapshot reread(Snapshot before) {
    stand.write(stand.yaml());
    try {
      return SnapshotBuilder.reload(
          folder.resolve("gateway.yml"), Map.of(), before, false, null, Instant.now());
    } catch (ConfigException e) {
      throw new IllegalStateException(e.problems().toString(), e);
    }
  }

  private List<String> problems() {
    CertificateWatch watch = stand.gateway().live().get().certificates();
    return IntStream.range(0, stand.instances.size() + 1)
        .mapToObj(watch::problem)
        .filter(Objects::nonNull)
        .toList();
  }

  private int statusOrZero(String name) {
    try {
      return status(name);
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void theSameAgainChangesNothing() {
    assertThat(stand.reload().outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(stand.gateway().live().get().generation()).isEqualTo(1);
  }

  @Test
  void aListenerComes() throws Exception {
    stand.listeners.add(
        ReloadStand.listener("spare", stand.spare, "http", ReloadStand.to(other.port())));

    assertThat(stand.reload().changes()).containsExactly("added: listeners[spare]");

    assertThat(body(stand.spare)).isEqualTo("two");
    assertThat(body(stand.http)).isEqualTo("one");
    assertThat(stand.gateway().readiness().ready()).isTrue();
  }

  @Test
  void aListenerGoesAndWhatRunsOnItEnds() throws Exception {
    stand.listeners.add(
        ReloadStand.listener("spare", stand.spare, "http", ReloadStand.to(origin.port())));
    stand.reload();
    try (RawClient idle = RawClient.connect(at(stand.spare));
        RawClient stays = RawClient.connect(at(stand.http))) {
      assertThat(get(idle, NAME).readResponse().status()).isEqualTo(200);
      assertThat(get(stays, NAME).readResponse().status()).isEqualTo(200);

      stand.listeners.clear();
      assertThat(stand.reload().changes()).containsExactly("removed: listeners[spare]");

      idle.expectClosed();
      assertThatThrownBy(() -> RawClient.connect(at(stand.spare))).isInstanceOf(IOException.class);
      assertThat(get(stays, NAME).readResponse().status()).isEqualTo(200);
    }
    assertThat(stand.gateway().readiness().snapshot()).hasSize(6);
  }

  @Test
  void aListenerChangesItsPort() throws Exception {
    stand.listeners.add(
        ReloadStand.listener("spare", stand.spare, "http", ReloadStand.to(origin.port())));
    stand.reload();
    int free = FreePorts.loopback(1).getFirst();
    stand.listeners.set(
        0, ReloadStand.listener("spare", free, "http", ReloadStand.to(origin.port())));

    assertThat(stand.reload().changes())
        .containsExactly("changed: listeners[spare].port: " + stand.spare + " -> " + free);

    assertThat(body(free)).isEqualTo("one");
    assertThatThrownBy(() -> RawClient.connect(at(stand.spare))).isInstanceOf(IOException.class);
  }

  @Test
  void aListenerChangesItsProtocol() throws Exception {
    stand.listeners.add(
        ReloadStand.listener("spare", stand.spare, "tcp", ReloadStand.to(origin.port())));
    stand.reload();
    assertThat(body(stand.spare)).isEqualTo("one");
    stand.listeners.set(
        0, ReloadStand.listener("spare", stand.spare, "http", ReloadStand.to(origin.port())));

    assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);

    assertThat(body(stand.spare)).isEqualTo("one");
    assertThat(status("unknown.example.com")).isEqualTo(404);
  }

  @Test
  void anUpstreamMoves() throws Exception {
    try (RawClient client = RawClient.connect(at(stand.http));
        RawClient tls = stand.connect(NAME)) {
      assertThat(get(client, NAME).readResponse().body().text()).isEqualTo("one");
      assertThat(get(tls, NAME).readResponse().body().text()).isEqualTo("one");
      assertThat(body(stand.tcp)).isEqualTo("one");

      stand.upstream = ReloadStand.to(other.port());
      assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);

      assertThat(get(client, NAME).readResponse().body().text()).isEqualTo("two");
      assertThat(get(tls, NAME).readResponse().body().text()).isEqualTo("two");
      assertThat(body(stand.tcp)).isEqualTo("two");
    }
    Await.until("nothing is left to the old one", () -> origin.openConnections() == 0);
  }

  @Test
  void anOpenConnectionKeepsItsTimeouts() throws Exception {
    try (RawClient before = stand.connect(NAME)) {
      assertThat(get(before, NAME).readResponse().status()).isEqualTo(200);
      stand.timeouts = "{idle: 1s}";
      assertThat(stand.reload().changes()).singleElement().asString().contains("timeouts.idle");
      try (RawClient after = stand.connect(NAME)) {
        assertThat(get(after, NAME).readResponse().status()).isEqualTo(200);
        after.timeout(Duration.ofSeconds(5));
        after.expectClosed();
      }
      assertThat(get(before, NAME).readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsWrongChangesNothing() throws Exception {
    Reloads.Result result = stand.reload(stand.yaml() + "nonsense: 1\n");

    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.problems()).singleElement().asString().contains("nonsense");
    assertThat(result.generation()).isEqualTo(1);
    assertThat(status(NAME)).isEqualTo(200);
  }

  @Test
  void whatNeedsARestartIsNamed() {
    Reloads.Result result = stand.reload(stand.yaml().replace("event-loops: 2", "event-loops: 1"));

    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.problems())
        .containsExactly("node.event-loops: can't change without a restart");
  }

  @Test
  void aHealthCheckChangesAndTheConnectionsStay() throws Exception {
    try (RawClient client = stand.connect(NAME)) {
      assertThat(get(client, NAME).readResponse().status()).isEqualTo(200);
      List<CheckedUpstream> upstreams = stand.gateway().reconciler().upstreams();
      String before = stand.upstream;
      stand.upstream = before.replace("{interval: 200ms}", "{interval: 100ms, fall: 4}");
      assertThat(stand.reload().changes()).hasSize(6).allMatch(line -> line.contains(".health."));
      assertThat(get(client, NAME).readResponse().status()).isEqualTo(200);
      assertThat(stand.gateway().reconciler().upstreams())
          .as("with the connections that they have")
          .isEqualTo(upstreams)
          .allMatch(CheckedUpstream::isUp);

      stand.upstream =
          before.replace(
              "{interval: 200ms}",
              "{interval: 100ms, fall: 1, kind: http, path: /, statuses: [418]}");
      stand.reload();
      Await.until(
          "none is up any more",
          () -> stand.gateway().reconciler().upstreams().stream().noneMatch(CheckedUpstream::isUp));
    }
  }

  @Test
  void limitsChange() throws Exception {
    try (RawClient one = RawClient.connect(at(stand.http))) {
      assertThat(get(one, NAME).readResponse().status()).isEqualTo(200);
      stand.sections.add("limits: {max-connections: 1}");
      assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);

      assertThatThrownBy(() -> status(NAME)).isInstanceOf(IOException.class);
      assertThat(get(one, NAME).readResponse().status()).isEqualTo(200);
    }
    stand.sections.clear();
    stand.reload();
    Await.until("others are served again", () -> statusOrZero(NAME) == 200);
  }

  @Test
  void whileItDrainsAReloadIsAppliedAndServedAfterwards() throws Exception {
    stand.gateway().draining().begin();
    stand.routes = "[more]";
    stand.listeners.add(ReloadStand.listener("spare", stand.spare, "http", stand.upstream));

    assertThat(stand.reload().outcome()).isEqualTo(Outcome.APPLIED);
    Await.until(
        "it is drained",
        () -> stand.gateway().draining().status().phase() == DrainSequence.Phase.DRAINED);
    assertThatThrownBy(() -> RawClient.connect(at(stand.spare))).isInstanceOf(IOException.class);

    stand.gateway().draining().undo();
    Await.until("the new name is served", () -> statusOrZero(MORE) == 200);
    assertThat(body(stand.spare)).isEqualTo("one");
  }

  @Test
  void ofTwoAtOnceTheSecondFindsNothing() throws Exception {
    stand.routes = "[more]";
    stand.write(stand.yaml());
    Reloads reloads = stand.gateway().reloads();

    var one = CompletableFuture.supplyAsync(reloads::reload);
    var two = CompletableFuture.supplyAsync(reloads::reload);

    assertThat(List.of(one.join().outcome(), two.join().outcome()))
        .containsExactlyInAnyOrder(Outcome.APPLIED, Outcome.UNCHANGED);
    assertThat(status(MORE)).isEqualTo(200);
  }
}
