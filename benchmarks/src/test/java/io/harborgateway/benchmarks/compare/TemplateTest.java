package io.harborgateway.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void namesAreFilledInAndVariablesOfNginxAreLeftAlone() throws IOException {
    Map<String, Object> values = new HashMap<>();
    for (String name :
        new String[] {
          "user", "descriptors", "folder", "load_stream_module", "tcp_port", "https_port",
          "https_sink_port", "backend_port", "sink_port", "chain", "key", "buffering"
        }) {
      values.put(name, "<" + name + ">");
    }

    assertThat(Template.fill("nginx.conf", values))
        .contains("listen 127.0.0.1:<tcp_port>", "proxy_set_header Host $http_host;")
        .doesNotContain("${");
  }

  @Test
  void unknownNameIsAnError() {
    assertThatThrownBy(() -> Template.fill("haproxy.cfg", Map.of("pem", "x")))
        .hasMessageContaining("haproxy.cfg: ${");
  }

  @Test
  void onlyEstablishedConnectionsOfThePortAreCounted() {
    String table =
        """
          sl  local_address rem_address   st tx_queue rx_queue
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
           1: 0100007F:1F90 0100007F:D431 01 00000000:00000000
           2: 0100007F:D431 0100007F:1F90 01 00000000:00000000
           3: 0100007F:1F90 0100007F:D432 08 00000000:00000000
        """;

    assertThat(IdleRow.established(table, 8080)).isEqualTo(1);
  }
}
