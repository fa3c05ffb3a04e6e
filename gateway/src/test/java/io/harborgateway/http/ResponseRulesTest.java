package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseRulesTest {
  private final FieldEdits edits = new FieldEdits();

  @Test
  void keepsWhatIsEndToEndByteForByte() {
    String head =
        "HTTP/1.1 202 Accepted \u00e9\r\n"
            + "Location: https://h/v2/a%2Fb/blobs/uploads/1?_state=x%3D&y\r\n"
            + "docker-upload-UUID:1\r\n"
            + "Content-Range:  bytes 0-4/9 \r\n"
            + "Set-Cookie: a\r\n"
            + "Set-Cookie: b\r\n"
            + "WWW-Authenticate: Bearer realm=\"https://h/service/token\"\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Trailer: Digest\r\n\r\n";
    ResponseHead view = Wire.response(head);
    ResponseRules.edit(view, edits);
    assertThat(Wire.written(view, edits)).isEqualTo(head);
  }

  @Test
  void dropsWhatConcernsTheUpstreamConnection() {
    ResponseHead head =
        Wire.response(
            "HTTP/1.0 200\r\nConnection: close, x-one\r\nKeep-Alive: timeout=5\r\nX-One: 1\r\n"
                + "Proxy-Connection: close\r\nProxy-Authenticate: Basic\r\nTE: x\r\n"
                + "Upgrade: h2c\r\nA: b\r\n\r\n");
    ResponseRules.edit(head, edits);
    assertThat(Wire.written(head, edits)).isEqualTo("HTTP/1.1 200 \r\nA: b\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 103, 199, 204})
  void dropsTheFieldsOfABodyThatCanNotBe(int status) {
    ResponseHead head =
        Wire.response(
            "HTTP/1.1 "
                + status
                + " A\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n"
                + "Content-Type: b\r\n\r\n");
    ResponseRules.edit(head, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 " + status + " A\r\nContent-Type: b\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
  void keepsThoseOfANotModifiedWhichTellOfAnotherResponse(String field) {
    String head = "HTTP/1.1 304 Not Modified\r\n" + field + "\r\n\r\n";
    ResponseHead view = Wire.response(head);
    ResponseRules.edit(view, edits);
    assertThat(Wire.written(view, edits)).isEqualTo(head);
  }

  @Test
  void saysWhatBecomesOfTheFrontConnection() {
    ResponseHead head = Wire.response("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addClose(edits);
    assertThat(Wire.written(head, edits)).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addKeepAlive(edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n");
  }

  @Test
  void passesOnAnAcceptedUpgrade() {
    ResponseHead head =
        Wire.response(
            "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\nA: b\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addUpgrade(head, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo(
            "HTTP/1.1 101 Switching\r\nA: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  }

  @Test
  void takesOffTheFieldsOfChunks() {
    ResponseHead head =
        Wire.response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.dropTransferEncoding(head, edits);
    assertThat(Wire.written(head, edits)).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
  }
}
