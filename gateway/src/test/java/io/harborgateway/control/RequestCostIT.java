package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.PeerBinary;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request on a kept connection costs, in units that a busy machine does not change: bytes
 * allocated, and system calls. The bounds are a little above what was measured.
 */
@Timeout(120)
class RequestCostIT {
  /** What docker sends, through a router. */
  private static final String GET =
      """
      GET /v2/ HTTP/1.1\r
      Host: %s\r
      User-Agent: docker/27.0.3 go/go1.22.5 kernel/6.1.0\r
      Accept-Encoding: gzip\r
      X-Forwarded-For: 192.0.2.7\r
      X-Forwarded-Proto: https\r
      X-Vcap-Request-Id: 8fb2bd7b-4b5a-6978-8796-a5b4c3d2e1f0\r
      \r
      """
          .formatted(GatewayYaml.NAME);

  private static final Pattern ALLOCATED =
      Pattern.compile("\"gateway-[^\"]*\".* allocated=([0-9]+)([BKMG]?)");
  private static final Pattern CALLS =
      Pattern.compile("(?m)^ *[0-9.]+ +[0-9.]+ +[0-9]+ +([0-9]+) +(?:[0-9]+ +)?([a-z0-9_]+)$");

  @TempDir Path folder;

  private interface Use {
    void run(GatewayProcess gateway, RawClient client) throws Exception;
  }

  private void withConnection(Use use) throws Exception {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder)
              .node("event-loops: 1")
              .listener("https", "https", origin.address())
              .section("logging: {access-log: {format: \"off\"}}");
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started();
          var client =
              RawClient.connect(yaml.address("https"), yaml.tls())
                  .timeout(Duration.ofSeconds(20))) {
        use.run(gateway, client);
      }
    }
  }

  private static void request(RawClient client, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(client.send(GET).readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestAllocatesLittle() throws Exception {
    withConnection((gateway, client) -> {
      int requests = 10_000;
      request(client, requests); // until the compiler has come to what it does
      long before = allocatedByEventLoop(gateway);
      request(client, requests);
      assertThat((allocatedByEventLoop(gateway) - before) / requests).isBetween(1L, 2_000L);
    });
  }

  private static long allocatedByEventLoop(GatewayProcess gateway) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String threads =
        Command.run(List.of(jcmd, Long.toString(gateway.pid()), "Thread.print", "-e"))
            .succeeded()
            .stdout();
    var allocated = ALLOCATED.matcher(threads);
    assertThat(allocated.find()).as(threads).isTrue();
    return Long.parseLong(allocated.group(1))
        << (10 * Math.max(0, "BKMG".indexOf(allocated.group(2))));
  }

  @Test
  void aRequestTakesFourSystemCallsAndTheWaits() throws Exception {
    Path strace = PeerBinary.require("strace", "strace");
    withConnection((gateway, client) -> {
      request(client, 100);
      Path counts = folder.resolve("strace.txt");
      Path said = folder.resolve("strace.log");
      Process tracer =
          new ProcessBuilder(
                  List.of(
                      strace.toString(),
                      "-f",
                      "-c",
                      "-e",
                      "trace=network,read,write,readv,writev,close,epoll_ctl,epoll_wait,epoll_pwait2",
                      "-o",
                      counts.toString(),
                      "-p",
                      Long.toString(gateway.pid())))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        Await.until(
            "strace is attached, or has failed",
            () -> !tracer.isAlive() || Files.readString(said).contains("attached"));
        assumeThat(tracer.isAlive())
            .as("tracing is allowed here: " + Files.readString(said))
            .isTrue();
        request(client, 1_000);
      } finally {
        tracer.destroy(); // by SIGTERM: SIGINT is ignored in a background job
        assertThat(tracer.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
      String table = Files.readString(counts);
      // Receive and send on either side; and a wait for the upstream's answer and the next request.
      assertThat(calls(table, "recvfrom|read|recvmsg")).as(table).isBetween(2_000L, 2_200L);
      assertThat(calls(table, "sendto|write|writev|sendmsg")).as(table).isBetween(2_000L, 2_200L);
      assertThat(calls(table, "epoll_ctl")).as(table).isLessThan(100L);
      assertThat(calls(table, ".*")).as(table).isBetween(4_000L, 6_800L);
    });
  }

  private static long calls(String table, String names) {
    return CALLS
        .matcher(table)
        .results()
        .filter(row -> row.group(2).matches(names) && !row.group(2).equals("total"))
        .mapToLong(row -> Long.parseLong(row.group(1)))
        .sum();
  }
}
