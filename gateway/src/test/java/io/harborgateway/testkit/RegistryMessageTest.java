package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class RegistryMessageTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static RegistryMessage read(String json) {
    return RegistryMessage.of(JSON.readTree(json));
  }

  @Test
  void readsWhatARegistrarSends() {
    RegistryMessage message =
        read(
            """
            {"uris":["Guid.Example.com","b.example.com"],"host":"10.0.1.5","port":80,
             "tls_port":443,"protocol":"http1","server_cert_domain_san":"guid.example.com",
             "tags":{"component":"harbor"},"private_instance_id":"id-1",
             "app":"harbor","private_instance_index":"1","availability_zone":"z1",
             "stale_threshold_in_seconds":60,"endpoint_updated_at_ns":1700000000000000000,
             "options":{"loadbalancing":"round-robin","lb_algo":"round-robin"},
             "route_service_url":"https://r.example.com","unknown":[1]}
            """);

    assertThat(message.uris()).containsExactly("guid.example.com", "b.example.com");
    assertThat(message.endpoint())
        .isEqualTo(
            new RouterEndpoint(
                "10.0.1.5",
                443,
                true,
                "guid.example.com",
                Duration.ofMinutes(1),
                "harbor",
                "1",
                "id-1"));
  }

  @Test
  void takesThePortWhereThereIsNoTlsPort() {
    RouterEndpoint endpoint =
        read("{\"uris\":[\"a\"],\"host\":\"h\",\"port\":80,\"tls_port\":null}").endpoint();

    assertThat(endpoint.address()).isEqualTo("h:80");
    assertThat(endpoint.tls()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, 120", "1, 1", "119, 119", "121, 120"})
  void aStaleThresholdCanOnlyBeShorter(int said, int seconds) {
    assertThat(read("{\"stale_threshold_in_seconds\":" + said + "}").endpoint().staleThreshold())
        .hasSeconds(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"uris\":\"a\"}",
        "{\"uris\":[1]}",
        "{\"port\":\"80\"}",
        "{\"port\":65536}",
        "{\"tls_port\":-1}",
        "{\"tls_port\":443.5}",
        "{\"private_instance_index\":1}",
        "{\"tags\":{\"a\":1}}",
        "{\"tags\":[]}",
        "{\"options\":\"round-robin\"}",
        "{\"options\":{\"loadbalancing\":1}}",
        "{\"route_service_url\":\"http://r\"}",
      })
  void refusesWhatGorouterWouldNotTake(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IllegalArgumentException.class);
  }
}
