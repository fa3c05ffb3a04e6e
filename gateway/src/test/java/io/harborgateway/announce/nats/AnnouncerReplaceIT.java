package io.harborgateway.announce.nats;

import static io.harborgateway.announce.nats.TestRoutes.HTTPS;
import static io.harborgateway.announce.nats.TestRoutes.NEVER;
import static io.harborgateway.announce.nats.TestRoutes.ORIGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.RegistryTap;
import io.harborgateway.testkit.RegistryTap.Said;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routers hear of a route that becomes another one while it is announced. */
final class AnnouncerReplaceIT {
  private static final String KEPT = "guid.example.com";
  private static final String OLD = "guid.extra.example.com";
  private static final String NEW = "guid.more.example.com";

  private NatsServer nats;
  private RegistryTap tap;
  private Announcer announcer;

  @BeforeEach
  void announces() throws Exception {
    nats = NatsServer.start();
    tap = RegistryTap.on(nats);
    announcer =
        new Announcer(
            TestRoutes.at(NEVER, nats.uri()),
            ORIGIN,
            List.of(HTTPS),
            new RecordingMeters(),
            new NodeEvents());
    announcer.start();
    Await.until("NATS is connected", () -> announcer.status().nats().connected());
    announcer.announce(HTTPS.id());
    tap.await("it is registered", Said::registers);
    Await.until("all is said", () -> announcer.count(RouteState.ANNOUNCED) == 1);
    tap.forget();
  }

  @AfterEach
  void closes() throws Exception {
    announcer.close();
    tap.close();
    nats.close();
  }

  private static RegisteredRoute route(int port, Map<String, String> tags, String... names) {
    var fields =
        new AnnouncedRouteConfig("https", List.of(), tags, null, 0, null, null, null, null);
    var message =
        new RegistryMessage(List.of(names), Endpoint.tls(port, HostName.of(KEPT)), ORIGIN, fields);
    return new RegisteredRoute(HTTPS.id(), message);
  }

  private static RegisteredRoute route(String... names) {
    return route(443, Map.of("component", "harbor"), names);
  }

  private void forgotten() {
    Await.until("the former one is forgotten", () -> announcer.status().routes().size() == 1);
    assertThat(announcer.status().routes().getFirst().state()).isEqualTo(RouteState.ANNOUNCED);
  }

  @Test
  void theNewNamesAreRegisteredBeforeTheOldOnesAreUnregisteredAndWhatStaysNeverIs() {
    announcer.replace(route(KEPT, NEW));
    Await.until(
        "the old name is unregistered as often as a withdrawn route",
        () -> unregistrations(OLD) == TrackedRoute.UNREGISTRATIONS);
    forgotten();

    List<Said> all = tap.said();
    int registered = first(all, said -> said.registers() && said.names(NEW) && said.names(KEPT));
    int unregistered = first(all, said -> !said.registers() && said.names(OLD));
    assertThat(registered).isLessThan(unregistered);
    assertThat(all).filteredOn(said -> !said.registers()).noneMatch(said -> said.names(KEPT));
    assertThat(all)
        .filteredOn(said -> !said.registers() && said.names(OLD))
        .hasSize(TrackedRoute.UNREGISTRATIONS)
        .allMatch(said -> said.endpoints().size() == 1);
    assertThat(all.subList(registered, all.size()))
        .as("the new name is introduced once, before it is registered")
        .filteredOn(said -> !said.registers())
        .noneMatch(said -> said.names(NEW));
  }

  private long unregistrations(String name) {
    return tap.said().stream().filter(said -> !said.registers() && said.names(name)).count();
  }

  private static int first(List<Said> all, Predicate<Said> wanted) {
    return IntStream.range(0, all.size())
        .filter(i -> wanted.test(all.get(i)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void otherFieldsAreRegisteredAtOnceAndNothingIsUnregistered() {
    announcer.replace(route(443, Map.of("component", "other"), KEPT, OLD));
    Said said = tap.await("it is registered", Said::registers);
    assertThat(said.json().at("/tags/component").asString()).isEqualTo("other");
    assertThat(tap.said()).allMatch(Said::registers);
    assertThat(announcer.status().routes()).hasSize(1);
  }

  @Test
  void anotherPortIsRegisteredBeforeTheFormerOneIsUnregistered() {
    announcer.replace(route(444, Map.of(), KEPT, OLD));
    tap.await("the former port", said -> !said.registers() && ends(said, ":443"));
    forgotten();

    List<Said> all = tap.said();
    int registered = first(all, said -> said.registers() && ends(said, ":444"));
    assertThat(registered).isLessThan(first(all, said -> !said.registers() && ends(said, ":443")));
    assertThat(all.subList(registered, all.size()))
        .filteredOn(said -> !said.registers())
        .allMatch(said -> ends(said, ":443"));
  }

  private static boolean ends(Said said, String port) {
    return said.endpoints().stream().allMatch(endpoint -> endpoint.endsWith(port));
  }

  @Test
  void theSameRouteIsSaidNoMore() {
    for (int i = 0; i < 200; i++) {
      announcer.replace(route(KEPT, OLD));
      announcer.add(route(KEPT, OLD));
    }
    announcer.withdraw(HTTPS.id(), "down");
    tap.await("it is unregistered", said -> !said.registers());
    assertThat(tap.said()).hasSize(1);
  }

  @Test
  void aNameThatComesBackAtOnceIsKeptByItsRegistration() {
    announcer.replace(route(KEPT));
    announcer.replace(route(KEPT, OLD));
    tap.await("it is back", said -> said.registers() && said.names(OLD));
    forgotten();
    assertThat(tap.known()).containsExactlyInAnyOrder(endpoint(KEPT), endpoint(OLD));
    assertThat(tap.said())
        .filteredOn(said -> !said.registers() && said.names(OLD))
        .as("once before it comes back, once as new")
        .hasSizeLessThanOrEqualTo(2);
  }

  private static String endpoint(String name) {
    return name + " 10.0.1.5:443";
  }

  @Test
  void whatIsHeldStaysHeldAndIsNotUnregistered() {
    announcer.withdraw(HTTPS.id(), "down");
    Await.until("all of it is said", () -> tap.said().size() == TrackedRoute.UNREGISTRATIONS);
    tap.forget();
    announcer.replace(route(KEPT, NEW));
    announcer.announce(HTTPS.id());
    tap.await("it is registered", said -> said.registers() && said.names(NEW));
    assertThat(tap.said()).noneMatch(said -> said.names(OLD));
  }

  @Test
  void whatIsBeingWithdrawnIsUnregisteredToItsEnd() {
    announcer.withdraw(HTTPS.id(), "down");
    announcer.replace(route(KEPT, NEW));
    Await.until(
        "both are withdrawn",
        () ->
            announcer.status().routes().size() == 1 && announcer.count(RouteState.WITHDRAWN) == 1);
    assertThat(tap.said()).noneMatch(Said::registers);
    Await.until("all is said", () -> unregistrations(OLD) >= TrackedRoute.UNREGISTRATIONS);
  }

  /** A removal must not take what was added under its id since then for what is to be forgotten. */
  @Test
  void whatIsAddedAgainWithOtherNamesHasThem() {
    announcer.remove(HTTPS.id(), "gone");
    announcer.add(route(KEPT, NEW));
    announcer.announce(HTTPS.id());
    tap.await("it is registered", said -> said.registers() && said.names(NEW));
    forgotten();
    assertThat(tap.known()).containsExactlyInAnyOrder(endpoint(KEPT), endpoint(NEW));
  }
}
