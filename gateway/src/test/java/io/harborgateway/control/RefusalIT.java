package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients meet while an upstream is away, connection by connection. */
@Timeout(100)
class RefusalIT {
  private static final String OTHER_GUID = "11111111-2222-4333-8444-555555555555";
  private static final String OTHER = OTHER_GUID + ".registry.test";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private static RawClient connect(GatewayYaml yaml, String name) throws IOException {
    var tls = RawClient.Tls.of(yaml.certificates().trusting()).serverName(name);
    return RawClient.connect(yaml.address("https"), tls).timeout(SOON);
  }

  private static void assertServed(RawClient client, String name) throws IOException {
    client.send("PUT /v2/x HTTP/1.1\r\nHost: " + name + "\r\nContent-Length: 2\r\n\r\nab");
    assertThat(client.readResponse().status()).isEqualTo(201);
  }

  /** By an alert, which is the default here: the port stays. */
  private static void assertRefused(GatewayYaml yaml, String name) {
    assertThatThrownBy(() -> connect(yaml, name))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("handshake_failure");
  }

  @Test
  void onlyTheInstanceWhoseUpstreamIsAwayIsRefused() throws IOException {
    try (var origin = Origin.start(Behaviours.acceptUploads());
        var other = Origin.start(Behaviours.acceptUploads())) {
      var yaml =
          new GatewayYaml(folder)
              .instance(OTHER_GUID)
              .ownUpstream("https", other.address())
              .listener("https", "https", origin.address());
      try (var gateway = TestGateway.start(folder, yaml.text());
          var kept = connect(yaml, GatewayYaml.NAME);
          var keptOfOther = connect(yaml, OTHER)) {
        assertServed(kept, GatewayYaml.NAME);
        assertServed(keptOfOther, OTHER);

        origin.stop();
        kept.expectEnd(); // its next request would be lost
        assertRefused(yaml, GatewayYaml.NAME);
        assertServed(keptOfOther, OTHER);
        try (var client = connect(yaml, OTHER)) {
          assertServed(client, OTHER);
        }
        other.stop();
        keptOfOther.expectEnd();
        assertRefused(yaml, OTHER);

        origin.restart();
        Await.until("it is served again", SOON, () -> isAccepted(yaml));
        try (var client = connect(yaml, GatewayYaml.NAME)) {
          assertServed(client, GatewayYaml.NAME);
        }
        assertThat(gateway.requests()).hasSize(5);
      }
    }
  }

  private static boolean isAccepted(GatewayYaml yaml) throws IOException {
    try (var client = connect(yaml, GatewayYaml.NAME)) {
      return client.session().isValid();
    }
  }

  @Test
  void aPortThatIsTakenMeanwhileIsBoundWhenItIsFree() throws IOException {
    try (var origin = Origin.start(Behaviours.acceptUploads())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      try (var gateway = TestGateway.start(folder, yaml.text());
          var admin = new AdminClient(yaml)) {
        try (var kept = RawClient.connect(yaml.address("http")).timeout(SOON)) {
          assertServed(kept, GatewayYaml.NAME);
          origin.stop();
          kept.expectEnd();
        }
        Await.until("the port is closed", SOON, () -> isRefused(yaml));
        try (var taken = new ServerSocket()) {
          taken.bind(yaml.address("http"));
          origin.restart();
          Await.until("it can't be bound", SOON, () -> readiness(admin).contains("can't be bound"));
        }
        Await.until("it is bound", SOON, () -> !isRefused(yaml));
        try (var client = RawClient.connect(yaml.address("http")).timeout(SOON)) {
          assertServed(client, GatewayYaml.NAME);
        }
        assertThat(gateway.requests()).hasSize(2);
      }
    }
  }

  private static String readiness(AdminClient admin) {
    return admin.ask("GET", "/readyz").body();
  }

  private static boolean isRefused(GatewayYaml yaml) throws IOException {
    try (var client = RawClient.connect(yaml.address("http"))) {
      assertThat(client).isNotNull();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }
}
