package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ConcurrencyIT {
  private static final int CONNECTIONS = 1000;
  private static final int ROUNDS = 3;

  @TempDir Path folder;

  @Test
  void aThousandTlsConnectionsAreOpenAtOnceAndEachIsAnswered() throws Exception {
    try (var origin =
            Origin.start(Behaviours.http(request -> Answer.of(200).text(request.target())));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var yaml = new GatewayYaml(folder).listener("https", "https", origin.address());
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started()) {
        long before = gateway.memory().now();
        // Handshakes a few at a time: the machine of the test is small.
        var handshakes = new Semaphore(16);
        List<RawClient> clients = new ArrayList<>();
        for (var opened : all(threads, () -> open(yaml, handshakes))) {
          clients.add(opened.get(120, TimeUnit.SECONDS));
        }
        for (int round = 0; round < ROUNDS; round++) {
          List<Future<String>> answers = new ArrayList<>();
          for (int i = 0; i < CONNECTIONS; i++) {
            RawClient client = clients.get(i);
            String target = "/" + round + "/" + i;
            String request =
                "GET " + target + " HTTP/1.1\r\nHost: " + GatewayYaml.NAME + "\r\n\r\n";
            answers.add(threads.submit(() -> client.send(request).readResponse().body().text()));
          }
          for (int i = 0; i < CONNECTIONS; i++) {
            assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("/" + round + "/" + i);
          }
        }
        long open = gateway.memory().now();
        System.out.printf(
            "concurrency: %d connections, resident before=%d MiB open=%d MiB%n",
            CONNECTIONS, before >> 20, open >> 20);
        for (RawClient client : clients) {
          client.close();
        }
        assertThat(gateway.count(" ERROR ")).isZero();
        gateway.terminate();
        assertThat(gateway.exitCode()).isZero();
      }
      Await.until("the upstream's connections are closed", () -> origin.openConnections() == 0);
    }
  }

  private static List<Future<RawClient>> all(ExecutorService threads, Callable<RawClient> task) {
    List<Future<RawClient>> futures = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      futures.add(threads.submit(task));
    }
    return futures;
  }

  private static RawClient open(GatewayYaml yaml, Semaphore handshakes) throws Exception {
    handshakes.acquire();
    try {
      return RawClient.connect(yaml.address("https"), yaml.tls()).timeout(Duration.ofSeconds(60));
    } finally {
      handshakes.release();
    }
  }
}
