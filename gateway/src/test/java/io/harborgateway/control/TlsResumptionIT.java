package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that the real openssl resumes. */
@Timeout(60)
class TlsResumptionIT {
  private static final String OTHER_GUID = "11111111-2222-4333-8444-555555555555";

  @TempDir Path folder;

  private interface Use {
    void run(InetSocketAddress https) throws IOException;
  }

  private void withGateway(Use use) throws IOException {
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(folder).instance(OTHER_GUID).listener("https", "https", origin.address());
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        use.run(gateway.address("https"));
      }
    }
  }

  /** Makes one exchange; returns what s_client says of its session. */
  private String exchange(InetSocketAddress https, String name, String... options) {
    List<String> all = new ArrayList<>(List.of("-servername", name));
    all.addAll(List.of(options));
    String request = "GET / HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
    String output = OpensslClient.run(https, request, all.toArray(String[]::new)).stdout();
    assertThat(output).contains("HTTP/1.1 200");
    return output;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_3", "-tls1_2", "-tls1_2 -no_ticket"})
  void aSessionIsResumed(String options) throws IOException {
    String session = folder.resolve("session.pem").toString();
    withGateway(https -> {
      List<String> first = new ArrayList<>(List.of(options.split(" ")));
      first.addAll(List.of("-sess_out", session));
      assertThat(exchange(https, GatewayYaml.NAME, first.toArray(String[]::new)))
          .contains("New, TLSv1");

      List<String> second = new ArrayList<>(List.of(options.split(" ")));
      second.addAll(List.of("-sess_in", session));
      assertThat(exchange(https, GatewayYaml.NAME, second.toArray(String[]::new)))
          .contains("Reused, TLSv1");
    });
  }

  @ParameterizedTest
  @CsvSource({"-tls1_3, 172800", "-tls1_2, 3600"})
  void aTicketLastsAsLongAsDocumented(String version, int seconds) throws IOException {
    withGateway(https ->
        assertThat(exchange(https, GatewayYaml.NAME, version))
            .contains("TLS session ticket lifetime hint: " + seconds + " (seconds)"));
  }

  @Test
  void aSessionOfOneInstanceIsNotResumedWithAnother() throws IOException {
    String session = folder.resolve("session.pem").toString();
    withGateway(https -> {
      exchange(https, GatewayYaml.NAME, "-tls1_3", "-sess_out", session);
      assertThat(Files.exists(Path.of(session))).isTrue();
      assertThat(exchange(https, OTHER_GUID + ".registry.test", "-tls1_3", "-sess_in", session))
          .contains("New, TLSv1.3");
    });
  }
}
