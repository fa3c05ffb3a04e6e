package io.harborgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.load.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which challenge is answered if none is written. */
class AcmeConfigTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "http:80 https:443, HTTP_01",
    "https:443 http:8080, TLS_ALPN_01",
    "https:8443 http:8080, HTTP_01",
    "tcp:80 https:8443, TLS_ALPN_01"
  })
  void byTheListeners(String listeners, String challenge) throws Exception {
    var text =
        new StringBuilder(
            """
            instances: [{guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, public-host: a.example.com}]
            certs:
              acme: {url: "https://ca.test/", agree-to-terms: true, account-key: a, directory: b}
            listeners:
            """);
    for (String each : listeners.split(" ", -1)) {
      String[] parts = each.split(":", -1);
      text.append(
          "  - {name: n%s, protocol: %s, port: %s,".formatted(parts[1], parts[0], parts[1]));
      text.append(" upstream: {address: \"127.0.0.1:1\"}}\n");
    }
    Path file = Files.writeString(folder.resolve("gateway.yml"), text);
    GatewayConfig config = ConfigLoader.load(file, Map.of()).config();
    assertThat(config.certs().acme())
        .extracting(acme -> acme.challenge(config.listeners()))
        .hasToString(challenge);
  }
}
