package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.BackendFailure;
import io.harborgateway.testkit.HandshakeProbe;
import io.harborgateway.testkit.LoadReport;
import io.harborgateway.testkit.RouterLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two ways to refuse while nginx is away, by the same measure: what the clients of a router
 * notice, what new connections meet, and what an endpoint costs that the router still knows. It
 * prints the figures of docs/announcing.md.
 */
@Tag("alone") // how soon a refusal is seen
@Timeout(120)
class WhenDownIT {
  private static final String NODE = "drain-delay: 0s, drain-timeout: 10s";
  private static final int KILLS = 3;

  @TempDir private Path folder;

  /** From the end of nginx until the router does not choose its node any more. */
  private record Outage(Instant begin, Instant end) {
    boolean overlaps(LoadReport.Sample sample) {
      return sample.began().isBefore(end) && sample.ended().isAfter(begin);
    }

    @Override
    public String toString() {
      return Duration.between(begin, end).toMillis() + " ms";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"alert", "close"})
  void noRequestFailsThatBeganWhenTheRouterKnew(String way) {
    try (var nodes = new Nodes(folder, NODE, way);
        var probe = HandshakeProbe.start(nodes.gateways.getFirst().address("https"), nodes::tls)) {
      RouterLoad load = nodes.load().start();
      load.awaitMore(200);
      var outages = new ArrayList<Outage>();
      for (int i = 0; i < KILLS; i++) {
        outages.add(kill(nodes));
        awaitRefusal(way, probe, outages.getLast().begin());
        Await.until("the reason", () -> route(nodes).reason().startsWith("upstream "));
        load.awaitMore(200);

        Instant before = Instant.now();
        nodes.nginx.getFirst().start();
        nodes.router.awaitEndpoints(Nodes.NAME, 2, Nodes.SOON);
        print(way, "announced again", new Outage(before, Instant.now()));
        load.awaitMore(100);
      }
      LoadReport report = load.stop();
      print(way, "withdrawn", outages);
      print(way, "load", counts(report));
      print(way, "probe", probe.counts());
      print(way, "a refusal takes", probe.median(refusal(way)));

      assertOnlyInFlightIsLost(report, outages);
      assertNoneIsDropped(report, probe);
      assertThat(probe.counts().keySet()).contains("OK", refusal(way).name());
      assertFoundOutWithoutNats(way, nodes, probe);
    }
  }

  /** The routers do not hear of it: each has to find out by itself. */
  private static void assertFoundOutWithoutNats(String way, Nodes nodes, HandshakeProbe probe) {
    try (RouterLoad load = nodes.load().start()) {
      load.awaitMore(100);
      nodes.nats.stop();
      Instant begin = Instant.now();
      nodes.nginx.getFirst().stop();
      awaitRefusal(way, probe, begin);
      load.awaitMore(100); // each node's turn has come many times
      var outage = new Outage(begin, Instant.now());
      load.awaitMore(200);
      LoadReport report = load.stop();
      print(way, "load without NATS", counts(report));

      assertOnlyInFlightIsLost(report, List.of(outage));
      assertNoneIsDropped(report, probe);
      assertThat(report.failedAttempts())
          .as("found out by attempts, and then passed over")
          .isNotEmpty()
          .allMatch(attempt -> attempt.began().isBefore(outage.end()));
    }
  }

  private static Outage kill(Nodes nodes) {
    Instant begin = Instant.now();
    nodes.nginx.getFirst().stop();
    nodes.router.awaitEndpoints(Nodes.NAME, 1, Nodes.SOON);
    return new Outage(begin, Instant.now());
  }

  /** A closing listener, too, refuses by an alert whom it has accepted a moment before. */
  private static BackendFailure refusal(String way) {
    return way.equals("alert") ? BackendFailure.HANDSHAKE_FAILURE : BackendFailure.DIAL;
  }

  private static RouteStatus route(Nodes nodes) {
    var gateway = nodes.gateways.getFirst().gateway();
    return Objects.requireNonNull(gateway.announcements().status()).routes().getFirst();
  }

  private static void awaitRefusal(String way, HandshakeProbe probe, Instant begin) {
    Await.until("refused", Nodes.SOON, () -> probe.firstFailure(begin).isPresent());
    var refused = probe.firstFailure(begin).orElseThrow().ended();
    print(way, "refused", new Outage(begin, refused));
  }

  /**
   * A POST that nginx had is a 502 of the gateway, on a connection that ends one of the router. A
   * GET is left to the router, which asks the other node.
   */
  private static void assertOnlyInFlightIsLost(LoadReport report, List<Outage> outages) {
    assertThat(report.failed())
        .as(report.toString())
        .noneMatch(sample -> sample.request().contains("GET"))
        .allMatch(sample -> outages.stream().anyMatch(outage -> outage.overlaps(sample)))
        .allMatch(sample ->
            sample.outcome() == LoadReport.Outcome.UNEXPECTED_STATUS || sample.isLostInFlight());
  }

  /** The end of a connection that was accepted, before its handshake was over. */
  private static void assertNoneIsDropped(LoadReport report, HandshakeProbe probe) {
    assertThat(probe.counts()).doesNotContainKey(BackendFailure.END_OF_FILE.name());
    assertThat(report.failedAttempts())
        .noneMatch(attempt ->
            attempt.failure() == BackendFailure.END_OF_FILE
                && !attempt.reused()
                && !attempt.headWritten());
  }

  private static String counts(LoadReport report) {
    return report.counts()
        + ", failed attempts: "
        + report.failedAttempts().stream()
            .collect(
                Collectors.groupingBy(
                    attempt -> attempt.failure() + (attempt.headWritten() ? " sent" : ""),
                    TreeMap::new,
                    Collectors.counting()));
  }

  private static void print(String way, String what, Object value) {
    System.out.println("when-down " + way + ": " + what + ": " + value);
  }
}
