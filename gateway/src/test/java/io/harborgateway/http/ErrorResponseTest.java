package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.head.Failure;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

class ErrorResponseTest {
  private final RequestRecord facts = new RequestRecord("https", "203.0.113.9", 0, null);

  private String response(Failure failure, boolean close) {
    return Wire.taken(
        ErrorResponse.of(failure, facts, "id-1", "now", close, UnpooledByteBufAllocator.DEFAULT));
  }

  @Test
  void isTextOutsideOfTheRegistryApi() {
    assertThat(response(Failure.UNKNOWN_HOST, false))
        .isEqualTo(
            "HTTP/1.1 404 Not Found\r\n"
                + "Date: now\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 31\r\n"
                + "Cache-Control: no-store\r\n"
                + "X-Harbor-Gateway-Error: unknown_host\r\n"
                + "X-Request-Id: id-1\r\n\r\n"
                + "no instance has this host name\n");
  }

  @ParameterizedTest
  @EnumSource(
      value = Failure.class,
      names = {"CLIENT_GONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void isTheErrorOfTheDistributionSpecificationWithinIt(Failure failure) {
    facts.toRegistryApi = true;
    String[] parts = response(failure, true).split("\r\n\r\n", 2);
    assertThat(parts[0])
        .startsWith("HTTP/1.1 " + failure.status() + " ")
        .contains("\r\nContent-Type: application/json\r\n")
        .contains("\r\nContent-Length: " + parts[1].length() + "\r\n")
        .contains("\r\nX-Harbor-Gateway-Error: " + failure.code() + "\r\n")
        .endsWith("\r\nConnection: close");
    var error = JsonMapper.shared().readTree(parts[1]).get("errors").get(0);
    assertThat(error.get("code").asString()).matches("[A-Z_]+");
    assertThat(error.get("message").asString()).isEqualTo(failure.reason());
    assertThat(error.get("detail").get("cause").asString()).isEqualTo(failure.code());
    assertThat(error.get("detail").get("request_id").asString()).isEqualTo("id-1");
  }

  @Test
  void hasNoBodyForAHead() {
    facts.toHead = true;
    assertThat(response(Failure.UNKNOWN_HOST, false))
        .contains("Content-Length: ")
        .endsWith("X-Request-Id: id-1\r\n\r\n");
  }

  @Test
  void tellsHttp10ThatTheConnectionStays() {
    facts.minorVersion = 0;
    assertThat(response(Failure.UNKNOWN_HOST, false)).contains("\r\nConnection: keep-alive\r\n");
    assertThat(response(Failure.UNKNOWN_HOST, true)).contains("\r\nConnection: close\r\n");
  }

  @Test
  void namesTheMethodsThatAreAllowed() {
    assertThat(response(Failure.METHOD_NOT_ALLOWED, true)).contains("\r\nAllow: GET, HEAD, ");
    assertThat(response(Failure.BAD_HOST, true)).doesNotContain("Allow");
  }
}
