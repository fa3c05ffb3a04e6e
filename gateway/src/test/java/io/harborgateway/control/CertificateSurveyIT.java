package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.nats.RouteStatus;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.snapshot.Certificates;
import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of more instances than are checked before the start, those that can't be served are withdrawn.
 */
@Timeout(60)
class CertificateSurveyIT {
  private static final int BROKEN = 7;

  @TempDir private Path folder;

  @Test
  void anInstanceWhoseCertificateIsForAnotherNameIsNotAnnounced() throws IOException {
    List<String> guids =
        IntStream.range(0, Certificates.KEPT + 1)
            .mapToObj("00000000-0000-4000-8000-%012d"::formatted)
            .toList();
    writeCatalogue(guids);
    try (var nats = NatsServer.start();
        var origin = Origin.start(Behaviours.acceptUploads());
        var gateway = TestGateway.start(folder, yaml(nats, origin))) {
      String id = "https/" + guids.get(BROKEN);
      Await.until(
          "all others are announced",
          () ->
              routes(gateway).stream()
                  .allMatch(route ->
                      route.id().equals(id)
                          ? route.reason().startsWith("certificate: ")
                          : route.state() == RouteState.ANNOUNCED));
      assertThat(gateway.gateway().survey().status().refused()).isEqualTo(1);
      assertThat(gateway.gateway().survey().status().problems())
          .singleElement()
          .asString()
          .startsWith(folder.resolve("instances.txt") + ":" + (BROKEN + 1) + ":1: ");
    }
  }

  /** One certificate for all, which is quicker to make; one instance has another. */
  private void writeCatalogue(List<String> guids) throws IOException {
    var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    var all =
        certificates.issue(guids.stream().map(guid -> guid + ".a.test").toArray(String[]::new));
    var wrong = certificates.issue("another.a.test");
    Files.writeString(folder.resolve("instances.txt"), String.join("\n", guids) + "\n");
    Path issued = Files.createDirectory(folder.resolve("issued"));
    for (int i = 0; i < guids.size(); i++) {
      var own = i == BROKEN ? wrong : all;
      Files.copy(own.certificate(), issued.resolve(guids.get(i) + ".crt"));
      Files.copy(own.key(), issued.resolve(guids.get(i) + ".key"));
    }
  }

  private static String yaml(NatsServer nats, Origin origin) {
    List<Integer> ports = FreePorts.loopback(2);
    return """
    node: {event-loops: 1, address: 127.0.0.1, drain-delay: 0s}
    catalogue: {file: instances.txt, domain: a.test, certificates: issued}
    listeners:
      - {name: https, address: 127.0.0.1, port: %d, protocol: https, upstream: {address: "%s:%d"}}
    admin: {port: %d}
    registration: {servers: ["%s"]}
    """
        .formatted(ports.getFirst(), "127.0.0.1", origin.port(), ports.getLast(), nats.uri());
  }

  private static List<RouteStatus> routes(TestGateway gateway) {
    return Objects.requireNonNull(gateway.gateway().announcements().status()).routes();
  }
}
