package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What happens to a node is the same in {@code /events}, the log, the metrics and {@code /status}.
 */
@Timeout(100)
class NodeEventsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Pattern COUNT =
      Pattern.compile("harbor_gateway_node_events_total\\{kind=\"([a-z-]+)\"\\} ([0-9]+)\\.0");

  private final AtomicBoolean down = new AtomicBoolean();

  @Test
  void allViewsTellTheSame(@TempDir Path folder) throws Exception {
    try (NatsServer nats = NatsServer.start();
        var origin = Origin.start(Behaviours.http(request -> Answer.of(down.get() ? 503 : 401)));
        var log = HeardLogs.of(NodeEventLog.class);
        var stand = ReloadStand.prepare(folder, origin.address().getPort())) {
      stand.upstream =
          "{address: \"127.0.0.1:%d\", health: {kind: http, interval: 100ms}}"
              .formatted(origin.address().getPort());
      stand.sections.add("registration: {servers: [\"%s\"]}".formatted(nats.uri()));
      stand.start();
      try (var admin = new AdminClient(stand.adminPort)) {
        happen(admin, "node-started", "route-announced");

        down.set(true);
        happen(admin, "upstream-down", "listener-unbound", "route-kept");
        down.set(false);
        await(admin, "upstream-up", 6); // of three listeners, at the start and now
        assertThat(log.values("address")).as("that answered").contains("127.0.0.1");
        JsonNode upstream = admin.status().get("upstreams").get(0);
        assertThat(upstream.get("address").asString()).isEqualTo("127.0.0.1");
        assertThat(upstream.get("addresses").get(0).get("failure").isNull()).isTrue();
        stand.routes = "[images, more]";
        stand.reload();
        stand.reload();
        stand.reload("nonsense: true");
        stand.listeners.add(ReloadStand.listener("more", stand.spare, "tcp", stand.upstream));
        stand.reload();
        stand.listeners.clear();
        stand.reload();
        happen(admin, "reload-applied", "reload-unchanged", "reload-rejected", "route-replaced");

        admin.post("/drain");
        Await.until(
            "drained",
            SOON,
            () -> admin.status().get("drain").get("phase").asString().equals("DRAINED"));
        admin.post("/undrain");
        Await.until("serving again", SOON, () -> admin.status().get("ready").asBoolean());

        JsonNode events = whenQuiet(admin);
        assertThat(counts(events)).isEqualTo(counted(admin)).isEqualTo(count(log.values("event")));
        assertThat(texts(events)).containsExactlyInAnyOrderElementsOf(log.lines());
        assertThat(events.get("recorded").asInt()).isEqualTo(log.lines().size());
        assertThat(phases(events))
            .containsExactly("UNDONE", "DONE", "LISTENERS_CLOSED", "ROUTES_WITHDRAWN", "BEGUN");
        assertThat(reasons(events, "more")).as("it was removed").containsExactly("removed");
        assertThat(admin.status().get("events").get(0)).isEqualTo(events.get("events").get(0));
        assertThat(admin.ask("GET", "/metrics").body())
            .contains("config_reloads_total{outcome=\"applied\"} 3.0")
            .contains("config_reloads_total{outcome=\"rejected\"} 1.0")
            .contains(
                "registration_transitions_total{to=\"announced\"} "
                    + counts(events).get("route-announced")
                    + ".0");
      }
    }
  }

  private static void happen(AdminClient admin, String... kinds) {
    for (String kind : kinds) {
      await(admin, kind, 1);
    }
  }

  private static void await(AdminClient admin, String kind, int times) {
    Await.until(
        kind,
        SOON,
        () -> counts(admin.ask("GET", "/events").json()).getOrDefault(kind, 0L) >= times);
  }

  /** Returns all events, once nothing has happened for a while. */
  private static JsonNode whenQuiet(AdminClient admin) throws InterruptedException {
    JsonNode before = admin.ask("GET", "/events").json();
    while (true) {
      Thread.sleep(1_500); // withdrawals are repeated each second
      JsonNode now = admin.ask("GET", "/events").json();
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
  }

  private static Map<String, Long> counts(JsonNode events) {
    Map<String, Long> counts = new TreeMap<>();
    events.get("counts").forEachEntry((kind, count) -> counts.put(kind, count.asLong()));
    return counts;
  }

  private static Map<String, Long> counted(AdminClient admin) {
    Map<String, Long> counts = new HashMap<>();
    var lines = COUNT.matcher(admin.ask("GET", "/metrics").body());
    while (lines.find()) {
      counts.put(lines.group(1), Long.parseLong(lines.group(2)));
    }
    return counts;
  }

  private static Map<String, Long> count(List<String> kinds) {
    Map<String, Long> counts = new HashMap<>();
    kinds.forEach(kind -> counts.merge(kind, 1L, Long::sum));
    return counts;
  }

  private static List<String> texts(JsonNode events) {
    return events.get("events").valueStream().map(event -> event.get("text").asString()).toList();
  }

  /** Returns why the listener was not bound. */
  private static List<String> reasons(JsonNode events, String listener) {
    return events
        .get("events")
        .valueStream()
        .filter(event -> event.get("kind").asString().equals("listener-unbound"))
        .map(event -> event.get("fields"))
        .filter(fields -> fields.get("listener").asString().equals(listener))
        .map(fields -> fields.get("reason").asString())
        .toList();
  }

  private static List<String> phases(JsonNode events) {
    return events
        .get("events")
        .valueStream()
        .filter(event -> event.get("kind").asString().equals("drain-phase"))
        .map(event -> event.get("fields").get("phase").asString())
        .toList();
  }
}
