package io.harborgateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.AccessLog;
import io.harborgateway.transport.NegotiatedTls;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AccessLogLayoutsTest {
  private static final AccessLog.Entry ENTRY =
      new AccessLog.Entry(
          "https",
          "203.0.113.9",
          "10.0.16.4",
          null,
          "GET",
          "/v2/\"\n",
          "registry.example.com",
          1,
          404,
          0,
          12,
          3_000_000,
          null,
          null,
          "id-1",
          "unknown_host",
          new NegotiatedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519", true),
          null,
          null);

  private static String line(AccessLogLayouts.Layout layout) {
    var buffer = new LineBuffer();
    layout.append(0, ENTRY, buffer);
    return buffer.toString(StandardCharsets.UTF_8);
  }

  @Test
  void combinedHasTheClientFirstAndWhatIsOursLast() {
    assertThat(line(new AccessLogLayouts.Combined()))
        .isEqualTo(
            "203.0.113.9 - - [01/Jan/1970:00:00:00 +0000] \"GET /v2/\\x22\\x0a HTTP/1.1\" 404 12 \"-\""
                + " \"-\" host=registry.example.com listener=https instance=- received=0 ms=3"
                + " id=id-1 failure=unknown_host peer=10.0.16.4"
                + " tls=TLSv1.3,TLS_AES_128_GCM_SHA256,X25519,resumed\n");
  }

  @Test
  void jsonHasBothByName() {
    String line = line(new AccessLogLayouts.Json());
    assertThat(line).endsWith("}\n");
    var json = new JsonMapper().readTree(line);
    assertThat(json.path("client").stringValue()).isEqualTo("203.0.113.9");
    assertThat(json.path("peer").stringValue()).isEqualTo("10.0.16.4");
    assertThat(json.path("target").stringValue()).isEqualTo("/v2/\"\n");
    assertThat(json.path("tls_version").stringValue()).isEqualTo("TLSv1.3");
    assertThat(json.path("tls_suite").stringValue()).isEqualTo("TLS_AES_128_GCM_SHA256");
    assertThat(json.path("tls_group").stringValue()).isEqualTo("X25519");
    assertThat(json.path("tls_resumed").booleanValue()).isTrue();
    assertThat(json.has("referer")).isFalse();
  }
}
