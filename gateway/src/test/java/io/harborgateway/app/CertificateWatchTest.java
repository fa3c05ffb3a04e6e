package io.harborgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.route.Instance;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWatchTest {
  private static final Duration GUARD = Duration.ofMinutes(5);
  private static final Duration WARNING = Duration.ofDays(14);

  @TempDir private Path folder;

  private record Watched(CertificateWatch watch, Instance instance, Instant end) {}

  private Watched watched() throws Exception {
    try (var origin = Origin.start(Behaviours.silent())) {
      var yaml = new GatewayYaml(folder).listener("https", "https", origin.address());
      Path config = Files.writeString(folder.resolve("gateway.yml"), yaml.text());
      Plan plan = Plan.load(config, Map.of(), Instant.now());
      Instance instance = plan.routes().instances().getFirst();
      return new Watched(
          new CertificateWatch(plan, GUARD, WARNING),
          instance,
          plan.certificate(instance).notAfter());
    }
  }

  @Test
  void aCertificateIsNoProblemUntilItsGuard() throws Exception {
    var it = watched();
    assertThat(it.watch.look(it.end.minus(GUARD).minusSeconds(1))).isFalse();
    assertThat(it.watch.problem(it.instance)).isNull();
  }

  @Test
  void withinItsGuardItIsAProblemOnceAndForEver() throws Exception {
    var it = watched();
    assertThat(it.watch.look(it.end.minus(GUARD))).isTrue();
    assertThat(it.watch.problem(it.instance)).isEqualTo("ends at " + it.end);
    assertThat(it.watch.look(it.end.plusSeconds(1))).as("new").isFalse();
  }

  @Test
  void whatTheSurveyRefusesIsAProblem() throws Exception {
    var it = watched();
    it.watch.refuse(it.instance, "no such file");
    assertThat(it.watch.problem(it.instance)).isEqualTo("no such file");
    assertThat(it.watch.look(Instant.now())).isFalse();
  }
}
