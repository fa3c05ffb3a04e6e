package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests.Malformed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9112 section 6. */
class FramingTest {
  private final Framing framing = new Framing();

  static List<Malformed> malformed() {
    return MalformedRequests.framings();
  }

  @ParameterizedTest
  @CsvSource({
    "X: y, 0",
    "Content-Length: 0, 0",
    "Content-Length: 5, 5",
    "content-length: 0005, 5",
    "Content-Length: 999999999999999999, 999999999999999999",
    "Transfer-Encoding: chunked, -1",
    "TRANSFER-ENCODING: Chunked, -1"
  })
  void framesRequests(String field, long expected) {
    assertThat(framing.ofRequest(Wire.request("POST / HTTP/1.1\r\n" + field + "\r\n\r\n")))
        .isTrue();
    assertThat(framing.length()).isEqualTo(expected);
    assertThat(framing.failure()).isNull();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesRequests(Malformed malformed) {
    assertThat(framing.ofRequest(Wire.request(malformed.text()))).isFalse();
    assertThat(framing.failure()).isEqualTo(malformed.failure());
  }

  @Test
  void aRefusalIsForgottenWithTheNextHead() {
    assertThat(framing.ofRequest(Wire.request("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n")))
        .isFalse();
    assertThat(framing.ofRequest(Wire.request("GET / HTTP/1.1\r\n\r\n"))).isTrue();
    assertThat(framing.failure()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "200, X: y, false, -2",
    "200, Content-Length: 5, false, 5",
    "200, Transfer-Encoding: chunked, false, -1",
    "200, X: y, true, 0",
    "200, Content-Length: 5, true, 0",
    "200, Transfer-Encoding: chunked, true, 0",
    "204, X: y, false, 0",
    "204, Content-Length: 0, false, 0",
    "304, X: y, false, 0",
    "304, Content-Length: 5, false, 0",
    "304, Transfer-Encoding: chunked, false, 0",
    "100, X: y, false, 0",
    "103, Link: </a>, false, 0",
    "404, X: y, false, -2"
  })
  void framesResponses(int status, String field, boolean toHead, long expected) {
    assertThat(framing.ofResponse(response(status, field), toHead, false)).isTrue();
    assertThat(framing.length()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "204, Content-Length: 5",
    "204, Transfer-Encoding: chunked",
    "100, Content-Length: 5",
    "103, Transfer-Encoding: chunked",
    "101, Upgrade: websocket",
    "200, Content-Length: 5x",
    "200, Connection: Content-Length",
    "200, 'Connection: close, transfer-encoding'",
    "200, 'Transfer-Encoding: gzip, chunked'",
    "200, Transfer-Encoding: gzip"
  })
  void refusesResponses(int status, String field) {
    assertThat(framing.ofResponse(response(status, field), false, false)).isFalse();
    assertThat(framing.failure()).isEqualTo(Failure.UPSTREAM_BAD_RESPONSE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
      })
  void refusesAmbiguousResponses(String fields) {
    assertThat(framing.ofResponse(response(200, fields), false, false)).isFalse();
    assertThat(framing.failure()).isEqualTo(Failure.UPSTREAM_BAD_RESPONSE);
  }

  @Test
  void refusesAChunkedResponseOfHttp10() {
    var head = Wire.response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(framing.ofResponse(head, false, false)).isFalse();
  }

  @Test
  void aSwitchOfProtocolsIsATunnelOnlyWhenAskedForAndNamed() {
    assertThat(framing.ofResponse(response(101, "Upgrade: websocket"), false, true)).isTrue();
    assertThat(framing.length()).isEqualTo(Framing.TUNNEL);
    assertThat(framing.ofResponse(response(101, "X: y"), false, true)).isFalse();
  }

  private static ResponseHead response(int status, String fields) {
    return Wire.response("HTTP/1.1 " + status + " Reason\r\n" + fields + "\r\n\r\n");
  }
}
