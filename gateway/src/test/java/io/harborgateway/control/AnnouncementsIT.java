package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.RegistryTap;
import io.harborgateway.testkit.RegistryTap.Said;
import io.harborgateway.testkit.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What routers hear when the configuration of the announcing changes. */
@Timeout(120)
final class AnnouncementsIT {
  private static final String ONE = "11111111-1111-4111-8111-111111111111";
  private static final String TWO = "22222222-2222-4222-8222-222222222222";
  private static final String BASE = ONE + ".registry.test";
  private static final String EXTRA = ONE + ".extra.registry.test";
  private static final String MORE = ONE + ".more.registry.test";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private static Path shared;

  private static TestCertificates.Issued certificate;

  @TempDir private Path folder;

  private final Meters meters = new Meters();
  private NatsServer nats;
  private RegistryTap tap;
  private Announcements announcements;

  @BeforeAll
  static void issues() {
    certificate = TestCertificates.in(shared).issue(BASE, EXTRA, MORE, TWO + ".registry.test");
  }

  @BeforeEach
  void starts() throws Exception {
    nats = NatsServer.start("-D"); // whose log has the connections
    tap = RegistryTap.on(nats);
    announcements =
        new Announcements(UUID.randomUUID(), snapshot("", instance(ONE)), meters, new NodeEvents());
    announcements.connect();
    announcements.start();
  }

  @AfterEach
  void closes() throws Exception {
    announcements.close();
    tap.close();
    nats.close();
  }

  /** An instance with these additional routes. */
  private static String instance(String guid, String... additional) {
    return """
      - guid: %s
        domain: registry.test
        additional-routes: %s
        certificate: {chain: "%s", key: "%s"}
    """
        .formatted(guid, List.of(additional), certificate.certificate(), certificate.key());
  }

  private String registration(NatsServer server, String more) {
    return "registration: {servers: [\"%s\"]%s}\n".formatted(server.uri(), more);
  }

  private Snapshot snapshot(String registration, String... instances) throws Exception {
    return snapshot(8443, registration, instances);
  }

  private Snapshot snapshot(int port, String registration, String... instances) throws Exception {
    String text =
        """
        node: {address: 10.0.1.5}
        instances:
        %slisteners:
          - name: https
            port: %d
            protocol: https
            upstream: {address: "127.0.0.1:9", tls: {insecure: true}}
        %s\
        """
            .formatted(String.join("", instances), port, registration);
    Path file = Files.writeString(folder.resolve("gateway.yml"), text);
    return SnapshotBuilder.load(file, Map.of("SECRET", "secret"), Instant.now());
  }

  /** Announces a snapshot, every route of it. */
  private void begin(Snapshot snapshot) throws Exception {
    announcements.apply(snapshot);
    open(snapshot);
  }

  /** As the reconciler does once all of it is proven. */
  private void open(Snapshot snapshot) {
    for (ListenerConfig section : snapshot.config().listeners()) {
      announcements.update(section, Verdict.open());
      for (Instance instance : snapshot.routes().instances()) {
        announcements.update(section, instance, Verdict.open());
      }
    }
  }

  private void said(String what, Predicate<Said> wanted) {
    tap.await(what, wanted);
  }

  private void known(String... endpoints) {
    Await.until(
        "routers have " + List.of(endpoints) + " alone, not " + tap.known(),
        SOON,
        () -> tap.known().equals(Set.of(endpoints)));
  }

  private static String at(String name, int port) {
    return name + " 10.0.1.5:" + port;
  }

  private AnnouncerStatus status() {
    return Objects.requireNonNull(announcements.status());
  }

  private void settled(int routes) {
    Await.until(
        "nothing is left to be said of " + status().routes(),
        SOON,
        () ->
            status().routes().size() == routes
                && status().routes().stream()
                    .allMatch(route -> route.state() == RouteState.ANNOUNCED));
  }

  @Test
  void equalConfigurationsSayNothing() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE, "extra")));
    known(at(BASE, 8443), at(EXTRA, 8443));
    settled(1);
    tap.forget();

    for (int i = 0; i < 200; i++) {
      Snapshot same = snapshot(registration(nats, ""), instance(ONE, "extra"));
      assertThat(announcements.plannedChanges(same)).isEmpty();
      announcements.apply(same);
      open(same);
    }
    Snapshot other = snapshot(registration(nats, ""), instance(ONE, "extra"), instance(TWO));
    announcements.apply(other);
    open(other);
    said("the other instance", said -> said.registers() && said.names(TWO + ".registry.test"));
    assertThat(tap.said()).noneMatch(said -> said.names(BASE));
  }

  @Test
  void instancesComeAndGo() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE)));
    known(at(BASE, 8443));

    Snapshot both = snapshot(registration(nats, ""), instance(ONE), instance(TWO));
    assertThat(announcements.plannedChanges(both))
        .containsExactly("route https/" + TWO + ": added");
    announcements.apply(both);
    assertThat(status().routes())
        .extracting(RouteStatus::state)
        .containsExactlyInAnyOrder(RouteState.ANNOUNCED, RouteState.HELD);
    open(both);
    known(at(BASE, 8443), at(TWO + ".registry.test", 8443));

    Snapshot two = snapshot(registration(nats, ""), instance(TWO));
    assertThat(announcements.plannedChanges(two))
        .containsExactly("route https/" + ONE + ": removed");
    announcements.apply(two);
    known(at(TWO + ".registry.test", 8443));
    settled(1);
  }

  @Test
  void aRenameRegistersTheNewNameFirstAndNeverUnregistersOneThatStays() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE, "extra")));
    known(at(BASE, 8443), at(EXTRA, 8443));
    tap.forget();

    Snapshot renamed = snapshot(registration(nats, ""), instance(ONE, "more"));
    assertThat(announcements.plannedChanges(renamed))
        .containsExactly("route https/%s: names +%s -%s".formatted(ONE, MORE, EXTRA));
    announcements.apply(renamed);
    said("the old name ends", said -> !said.registers() && said.names(EXTRA));
    settled(1);

    List<Said> all = tap.said();
    var first = all.stream().filter(s -> s.registers() || !s.names(MORE)).findFirst().orElseThrow();
    assertThat(first.registers()).isTrue();
    assertThat(first.names(BASE) && first.names(MORE)).isTrue();
    assertThat(all).filteredOn(said -> !said.registers()).noneMatch(said -> said.names(BASE));
  }

  @Test
  void anotherPortIsRegisteredBeforeTheFormerOneIsUnregistered() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE)));
    known(at(BASE, 8443));
    tap.forget();

    Snapshot moved = snapshot(9443, registration(nats, ""), instance(ONE));
    assertThat(announcements.plannedChanges(moved))
        .containsExactly("route https/" + ONE + ": port");
    announcements.apply(moved);
    said("the former port", said -> said.endpoints().contains(at(BASE, 8443)));
    List<Said> all = tap.said();
    assertThat(all.stream().filter(said -> said.endpoints().contains(at(BASE, 8443))))
        .noneMatch(Said::registers);
    Said last = all.stream().filter(s -> s.endpoints().contains(at(BASE, 8443))).findFirst().get();
    assertThat(all.subList(0, all.indexOf(last)))
        .anyMatch(said -> said.registers() && said.endpoints().contains(at(BASE, 9443)));
  }

  /** Another interval, other credentials: the connection is another one, the routes are not. */
  @Test
  void anotherConnectionIsMadeBeforeTheFormerEndsAndNothingIsUnregistered() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE)));
    known(at(BASE, 8443));
    settled(1);
    tap.forget();
    long before = status().nats().clientId();

    Snapshot other =
        snapshot(registration(nats, ", user: gateway, password: {env: SECRET}"), instance(ONE));
    assertThat(announcements.plannedChanges(other))
        .containsExactly("registration: user, password changed");
    announcements.apply(other);
    Await.until("the connection is another one", () -> status().nats().clientId() != before);
    said("it is registered there", Said::registers);
    assertThat(tap.said()).allMatch(Said::registers);
    settled(1);
    Await.until("the former one has ended", () -> connections() == 1);
    assertThat(meters.scrape()).contains("harbor_gateway_registration_connected 1");
  }

  /** The tap's own is not counted. */
  private long connections() {
    String log = nats.log();
    return count(log, "Client connection created") - count(log, "Client connection closed") - 1;
  }

  private static long count(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).count();
  }

  @Test
  void withServersThatAreNotThereTheFormerConnectionIsUsedOn() throws Exception {
    begin(snapshot(registration(nats, ""), instance(ONE)));
    known(at(BASE, 8443));
    var nowhere = NatsServer.stopped();

    announcements.apply(snapshot(registration(nowhere, ""), instance(ONE), instance(TWO)));
    open(snapshot(registration(nowhere, ""), instance(ONE), instance(TWO)));
    known(at(BASE, 8443), at(TWO + ".registry.test", 8443));
    Await.until("it is said", SOON, () -> status().nats().lastError() != null);

    nowhere.restart();
    try (var there = RegistryTap.on(nowhere)) {
      there.await("all is registered there", said -> said.names(BASE));
      there.await("all is registered there", said -> said.names(TWO + ".registry.test"));
      Await.until(
          "it is used",
          () -> String.valueOf(status().nats().server()).contains(":" + nowhere.port()));
    } finally {
      nowhere.close();
    }
    assertThat(tap.known()).as("nobody unregistered what is announced").hasSize(2);
  }

  @Test
  void theSectionComesAndGoes() throws Exception {
    assertThat(announcements.isOn()).isFalse();
    assertThat(announcements.plannedChanges(snapshot("", instance(ONE)))).isEmpty();

    Snapshot on = snapshot(registration(nats, ""), instance(ONE));
    assertThat(announcements.plannedChanges(on))
        .containsExactly("registration: begins, with 1 routes");
    announcements.apply(on);
    open(on);
    known(at(BASE, 8443));

    Snapshot off = snapshot("", instance(ONE));
    assertThat(announcements.plannedChanges(off))
        .containsExactly("registration: ends, every route is withdrawn");
    announcements.apply(off);
    assertThat(announcements.status()).isNull();
    known();
    Await.until("the connection ends", SOON, () -> connections() == 0);
    assertThat(tap.said().stream().filter(said -> !said.registers()).count())
        .as("at the begin, and five times at the end")
        .isEqualTo(6);

    announcements.apply(on);
    open(on);
    known(at(BASE, 8443));
  }

  @Test
  void routesOfFilesThatStayAreNotUnregisteredWhenTheFileChanges() throws Exception {
    String script = "\"health_check\": {\"name\": \"ok\", \"script_path\": \"exit 0\"}";
    var file = new RegistrarFile(Files.createDirectory(folder.resolve("registrar")));
    file.server("{\"host\": \"127.0.0.1:" + nats.port() + "\"}")
        .key("\"host\": \"10.0.0.5\"")
        .route(fileRoute("kept", 81, script))
        .route(fileRoute("gone", 82, script));
    String section = "registration: {registrar-settings: \"%s\"}\n";
    begin(snapshot(section.formatted(file.write()), instance(ONE)));
    known("kept.test 10.0.0.5:81", "gone.test 10.0.0.5:82");
    tap.forget();

    var next = new RegistrarFile(Files.createDirectory(folder.resolve("next")));
    next.server("{\"host\": \"127.0.0.1:" + nats.port() + "\"}")
        .key("\"host\": \"10.0.0.5\"")
        .route(fileRoute("kept", 81, script))
        .route(fileRoute("new", 83, script));
    Snapshot changed = snapshot(section.formatted(next.write()), instance(ONE));
    assertThat(announcements.plannedChanges(changed))
        .containsExactly("registration: route_registrar's routes changed");
    announcements.apply(changed);
    said("the new one", said -> said.registers() && said.names("new.test"));
    said("the old one ends", said -> !said.registers() && said.names("gone.test"));
    settled(2);
    assertThat(tap.said())
        .as("it has not run yet, but has succeeded before")
        .filteredOn(said -> !said.registers())
        .noneMatch(said -> said.names("kept.test"));
  }

  private static String fileRoute(String name, int port, String more) {
    return """
    {"name": "%1$s", "port": %2$d, "uris": ["%1$s.test"], "registration_interval": "1h", %3$s}\
    """
        .formatted(name, port, more);
  }
}
