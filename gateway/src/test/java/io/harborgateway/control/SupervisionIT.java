package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.NotifyReceiver;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that a service manager has started, from its begin to its end. */
@Timeout(60)
class SupervisionIT {
  @TempDir private Path folder;

  @Test
  void aServiceManagerFollowsTheProcessThroughItsLife() throws Exception {
    String name = folder.resolve("notify").toString();
    try (var origin = Origin.start(Behaviours.acceptUploads());
        var manager = NotifyReceiver.at(name)) {
      origin.stop();
      var yaml =
          new GatewayYaml(folder)
              .node("event-loops: 1, drain-timeout: 20s")
              .listener("http", "http", origin.address(), "health: {interval: 100ms, rise: 1}", "");
      String environment = "export NOTIFY_SOCKET=" + name + " WATCHDOG_USEC=2000000;";
      try (var gateway = GatewayProcess.launch(folder, yaml.text(), environment)) {
        var ready = manager.await("READY=1");
        gateway.started();
        assertThat(ready.text())
            .contains(
                "STATUS=held back by upstream http 127.0.0.1:%d: connection refused (and 1 more)"
                    .formatted(origin.port()));
        origin.restart();
        manager.await("STATUS=serving");
        Await.until("fed", () -> manager.values("WATCHDOG").size() >= 2);

        Files.writeString(folder.resolve("process.yml"), "no: [");
        Command.run(List.of("kill", "-HUP", Long.toString(gateway.pid()))).succeeded();
        manager.await("RELOADING=1");
        manager.await(
            "a rejected reload has ended, too",
            message -> message.text().startsWith("READY=1\nSTATUS=serving; the last reload was"));

        try (var upload = RawClient.connect(yaml.address("http"))) {
          upload.send(
              "PUT /v2/x HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\nContent-Length: 2\r\n\r\n1");
          Await.until("the upload is upstream", () -> origin.bytesReceived() > 1);
          gateway.terminate();
          assertThat(manager.await("STOPPING=1").value("EXTEND_TIMEOUT_USEC"))
              .containsExactly("30000000");
          manager.await(
              "draining",
              message -> message.text().startsWith("STATUS=draining: 1 connection left"));
          upload.send("2");
          assertThat(upload.readResponse().status()).isEqualTo(201);
        }
        assertThat(gateway.exitCode()).isZero();
      }
      assertThat(manager.values("READY")).hasSize(2);
    }
  }
}
