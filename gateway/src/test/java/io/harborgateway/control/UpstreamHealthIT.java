package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.Origin;
import io.harborgateway.upstream.HealthCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How soon it is known what becomes of a real nginx, with the default health check. */
@Timeout(100)
class UpstreamHealthIT {
  /** What a machine that is busy with other tests may add. */
  private static final Duration BUSY = Duration.ofSeconds(1);

  @TempDir Path folder;

  @Test
  void anNginxThatHangsOrIsGoneIsKnownToBeAndBackSoonAfterItIs() throws Exception {
    try (var origin = Origin.start(Behaviours.acceptUploads());
        var nginx = HarborNginx.start(folder, origin)) {
      String tls =
          "tls: {ca: \"%s\", server-name: %s}"
              .formatted(nginx.certificates().ca(), HarborNginx.NAME);
      var yaml = new GatewayYaml(folder).listener("https", "https", nginx.https(), tls, "");
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        HealthCheck check = gateway.gateway().reconciler().upstreams().getFirst().check();
        assertThat(check.isUp()).isTrue();
        Await.until("what is usual is known", () -> checksOf(nginx) > 6);

        List<Long> processes = signal("STOP", nginx);
        Duration hung;
        String reason;
        try {
          hung = until("down", () -> !check.isUp());
          reason = check.reason();
        } finally {
          kill("CONT", processes);
        }
        assertThat(reason).startsWith("no TLS handshake within ");
        System.out.printf("a hung nginx is down after %d ms: %s%n", hung.toMillis(), reason);
        assertThat(hung).isLessThan(Duration.ofSeconds(3).plus(BUSY));
        Await.until("up", check::isUp);

        nginx.stop();
        Duration gone = until("down", () -> !check.isUp());
        assertThat(gone).isLessThan(Duration.ofSeconds(1).plus(BUSY));
        assertThat(check.reason()).isEqualTo("connection refused");
      }
      nginx.start();
      yaml = new GatewayYaml(folder).listener("https", "https", nginx.https(), tls, "");
      try (var gateway = TestGateway.start(folder, yaml.text())) { // which knows of no other fall
        HealthCheck check = gateway.gateway().reconciler().upstreams().getFirst().check();
        assertThat(check.isUp()).isTrue();
        nginx.stop();
        Await.until("down", () -> !check.isUp());
        nginx.start();
        Duration back = until("up", check::isUp);
        System.out.printf("an nginx that is back is up after %d ms%n", back.toMillis());
        assertThat(back).isLessThan(Duration.ofMillis(500).plus(BUSY));
      }
    }
  }

  @Test
  void busyEventLoopsAreNotTakenForADeadUpstream() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(401)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener(
                  "http",
                  "http",
                  origin.address(),
                  "health: {kind: http, interval: 50ms, timeout: 300ms, fall: 1}",
                  "");
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        HealthCheck check = gateway.gateway().reconciler().upstreams().getFirst().check();
        var release = new CountDownLatch(1);
        gateway.gateway().plane().loops().forEach(loop -> loop.execute(() -> await(release)));
        try {
          int before = origin.connections();
          Await.until("checks go on", () -> origin.connections() > before + 10 || !check.isUp());
          assertThat(check.isUp()).as(check.reason()).isTrue();
        } finally {
          release.countDown();
        }
      }
    }
  }

  @Test
  void aProcessThatStoodStillDoesNotBlameTheUpstream() throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(401)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener(
                  "http",
                  "http",
                  origin.address(),
                  "health: {kind: http, interval: 50ms, timeout: 300ms, fall: 1}",
                  "");
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started()) {
        for (int i = 0; i < 5; i++) {
          kill("STOP", List.of(gateway.pid()));
          TimeUnit.MILLISECONDS.sleep(600); // twice the time limit of a check
          kill("CONT", List.of(gateway.pid()));
          int before = origin.connections();
          Await.until("checked again", () -> origin.connections() > before + 2);
        }
        assertThat(gateway.output()).doesNotContain("no answer within", "no connection within");
      }
    }
  }

  private static long checksOf(HarborNginx nginx) {
    return nginx.accessLog().stream().filter(line -> line.contains("/v2/")).count();
  }

  private static Duration until(String what, Await.Condition condition) {
    long begun = System.nanoTime();
    Await.until(what, condition);
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Long> signal(String name, HarborNginx nginx) throws Exception {
    List<Long> processes =
        Stream.concat(
                Stream.of(nginx.pid()),
                ProcessHandle.of(nginx.pid()).orElseThrow().descendants().map(ProcessHandle::pid))
            .toList();
    kill(name, processes);
    return processes;
  }

  private static void kill(String signal, List<Long> processes)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    processes.forEach(process -> command.add(process.toString()));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
