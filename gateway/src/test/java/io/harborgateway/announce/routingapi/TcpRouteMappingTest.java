package io.harborgateway.announce.routingapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harborgateway.announce.routingapi.TcpRouteMapping.RouterTls;
import io.harborgateway.config.values.HostName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TcpRouteMappingTest {
  /** What route_registrar sends, by its integration test of TCP routes. */
  @Test
  void portOfTheRouters() {
    var mapping = new TcpRouteMapping("id", "127.0.0.1", 1234, 5678, "my-router-group", null);

    assertThat(json(mapping, 1))
        .isEqualTo(
            """
            [{"router_group_guid":"router-group-guid","backend_port":1234,"backend_tls_port":-1,\
            "backend_ip":"127.0.0.1","instance_id":"","port":5678,\
            "modification_tag":{"guid":"","index":0},"ttl":1,"isolation_segment":""}]\
            """);
  }

  @Test
  void nameOnAPortOfTheRouters() {
    var mapping =
        new TcpRouteMapping(
            "id", "fd00::5", 443, 65535, "my-router-group", HostName.of("a.example.com"));

    assertThat(json(mapping, 120))
        .isEqualTo(
            """
            [{"router_group_guid":"router-group-guid","backend_port":443,"backend_tls_port":-1,\
            "backend_ip":"fd00::5","backend_sni_hostname":"a.example.com","instance_id":"",\
            "port":65535,"modification_tag":{"guid":"","index":0},"ttl":120,\
            "isolation_segment":""}]\
            """);
  }

  @Test
  void routersThatEndTlsAndUseItThemselves() {
    var tls =
        new RouterTls(true, true, HostName.of("inside.example.com"), List.of("http/1.1", "h2"));

    assertThat(json(mapping(HostName.of("a.example.com"), tls), 120))
        .isEqualTo(
            """
            [{"router_group_guid":"router-group-guid","backend_port":443,"backend_tls_port":443,\
            "backend_ip":"10.0.0.1","backend_sni_hostname":"a.example.com",\
            "sni_rewrite_hostname":"inside.example.com","instance_id":"","port":1024,\
            "modification_tag":{"guid":"","index":0},"ttl":120,"isolation_segment":"",\
            "terminate_frontend_tls":true,"alpns":"h2,http/1.1"}]\
            """);
  }

  /** As route_registrar: one of the three alone does nothing. */
  @Test
  void tlsToTheBackendNeedsAnEndOfTheClientsAndAName() {
    HostName sni = HostName.of("a.example.com");

    assertThat(json(mapping(sni, new RouterTls(false, true, null, List.of())), 1))
        .contains("\"backend_tls_port\":-1");
    assertThat(json(mapping(sni, new RouterTls(true, false, null, List.of())), 1))
        .contains("\"backend_tls_port\":-1");
    assertThat(json(mapping(null, new RouterTls(true, true, null, List.of())), 1))
        .contains("\"backend_tls_port\":-1");
  }

  private static TcpRouteMapping mapping(@Nullable HostName sni, RouterTls tls) {
    return new TcpRouteMapping("id", "10.0.0.1", 443, 1024, "g", sni, tls, null);
  }

  @Test
  void portsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TcpRouteMapping("id", "10.0.0.1", 0, 1, "g", null))
        .withMessage("backend port: 0 (expected: 1..65535)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TcpRouteMapping("id", "10.0.0.1", 1, 65536, "g", null))
        .withMessage("external port: 65536 (expected: 1..65535)");
  }

  private static String json(TcpRouteMapping mapping, long ttl) {
    return new String(mapping.json("router-group-guid", ttl), StandardCharsets.UTF_8);
  }
}
