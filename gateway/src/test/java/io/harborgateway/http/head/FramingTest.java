package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests;
import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.http.Wire;
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
    assertThat(framing.bodyLength()).isEqualTo(expected);
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
    assertThat(framing.ofResponse(response(status, field), toHead, null)).isTrue();
    assertThat(framing.bodyLength()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "101, Upgrade: websocket",
    "200, Content-Length: 5x",
    "200, Connection: Content-Length",
    "200, 'Connection: close, transfer-encoding'",
    "200, 'Transfer-Encoding: gzip, chunked'",
    "200, Transfer-Encoding: gzip"
  })
  void refusesResponses(int status, String field) {
    assertThat(framing.ofResponse(response(status, field), false, null)).isFalse();
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
    assertThat(framing.ofResponse(response(200, fields), false, null)).isFalse();
    assertThat(framing.failure()).isEqualTo(Failure.UPSTREAM_BAD_RESPONSE);
  }

  @Test
  void refusesAChunkedResponseOfHttp10() {
    var head = Wire.response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(framing.ofResponse(head, false, null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "204, Content-Length: 5, true",
    "204, Transfer-Encoding: chunked, true",
    "204, Content-Length: x, true",
    "204, 'Transfer-Encoding: gzip', true",
    "204, 'Connection: content-length', false",
    "204, Content-Length: 0, false",
    "204, X: y, false",
    "100, Content-Length: 5, true",
    "103, Transfer-Encoding: chunked, true",
    "304, Content-Length: 5, false"
  })
  void aStatusWithoutBodyEndsWithTheHeadWhateverTheFieldsSay(
      int status, String fields, boolean contradicted) {
    assertThat(framing.ofResponse(response(status, fields), false, null)).isTrue();
    assertThat(framing.bodyLength()).isEqualTo(BodyLength.NONE);
    assertThat(framing.failure()).isNull();
    assertThat(framing.isContradicted()).isEqualTo(contradicted);
  }

  @ParameterizedTest
  @CsvSource({
    "websocket, Upgrade: websocket",
    "websocket, upgrade: WebSocket",
    "'a/1, websocket ', Upgrade: websocket",
    "'a/1, b/2', 'Upgrade: b/2, A/1'",
    "websocket, 'Upgrade: websocket\r\nContent-Length: 5'"
  })
  void aSwitchToWhatWasAskedForIsATunnel(String asked, String fields) {
    assertThat(framing.ofResponse(response(101, fields), false, asked)).isTrue();
    assertThat(framing.bodyLength()).isEqualTo(BodyLength.TUNNEL);
  }

  @ParameterizedTest
  @CsvSource({
    ", Upgrade: websocket",
    "websocket, X: y",
    "websocket, 'Upgrade:'",
    "websocket, Upgrade: h2c",
    "websocket, 'Upgrade: websocket, h2c'",
    "websocket, Upgrade: websocket/13",
    "a/1, Upgrade: a"
  })
  void anyOtherSwitchIsRefused(String asked, String field) {
    assertThat(framing.ofResponse(response(101, field), false, asked)).isFalse();
    assertThat(framing.failure()).isEqualTo(Failure.UPSTREAM_BAD_RESPONSE);
  }

  @Test
  void http10CanNotSwitch() {
    var head = Wire.response("HTTP/1.0 101 Switching\r\nUpgrade: websocket\r\n\r\n");
    assertThat(framing.ofResponse(head, false, "websocket")).isFalse();
  }

  @Test
  void twoLinesAreOneListOfProtocols() {
    var head = response(101, "Upgrade: websocket\r\nUpgrade: h2c");
    assertThat(framing.ofResponse(head, false, "websocket")).isFalse();
  }

  private static ResponseHead response(int status, String fields) {
    return Wire.response("HTTP/1.1 " + status + " Reason\r\n" + fields + "\r\n\r\n");
  }
}
