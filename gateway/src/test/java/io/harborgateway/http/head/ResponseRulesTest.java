package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({"false, 1, close", "false, 0, close", "true, 0, keep-alive"})
  void saysWhatBecomesOfTheFrontConnection(boolean keepAlive, int minorVersion, String option) {
    ResponseHead head = Wire.response("HTTP/1.1 200 OK\r\nConnection: x\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addConnection(head, keepAlive, minorVersion, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 200 OK\r\nConnection: " + option + "\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({"true, 1, Upgrade", "false, 1, 'Upgrade, close'", "true, 0, 'Upgrade, keep-alive'"})
  void a426SaysWhatToUpgradeTo(boolean keepAlive, int minorVersion, String options) {
    ResponseHead head =
        Wire.response(
            "HTTP/1.1 426 Upgrade Required\r\nUpgrade: a/1,\r\nConnection: upgrade, close\r\n"
                + "upgrade: b\r\nA: b\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addConnection(head, keepAlive, minorVersion, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo(
            "HTTP/1.1 426 Upgrade Required\r\nA: b\r\nConnection: "
                + options
                + "\r\nUpgrade: a/1, b\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"200 OK\r\nUpgrade: a\r\nConnection: upgrade", "426 A", "426 A\r\nUpgrade: ,"})
  void noOtherResponseDoes(String statusAndFields) {
    ResponseHead head = Wire.response("HTTP/1.1 " + statusAndFields + "\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addConnection(head, true, 1, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 " + statusAndFields.lines().findFirst().orElseThrow() + "\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource({"date:Mon, date:Mon", "A: b, A: b\\r\\nDate: %s", "'', Date: %s"})
  void datesAResponseThatIsNot(String fields, String sent) {
    var date = new HttpDate(() -> 1_000L);
    String start = "HTTP/1.1 500 A\r\n";
    ResponseHead head = Wire.response(start + fields + (fields.isEmpty() ? "" : "\r\n") + "\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addDate(head, date, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo(start + sent.translateEscapes().formatted(date.now()) + "\r\n\r\n");
  }

  @Test
  void datesOneWhoseDateIsForTheUpstreamConnection() {
    ResponseHead head = Wire.response("HTTP/1.1 200 OK\r\nDate: Mon\r\nConnection: date\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addDate(head, new HttpDate(() -> 1_000L), edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:01 GMT\r\n\r\n");
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
  void namesAllProtocolsOfIt() {
    ResponseHead head =
        Wire.response("HTTP/1.1 101 Switching\r\nUpgrade: tls\r\nUpgrade: a/1\r\n\r\n");
    ResponseRules.edit(head, edits);
    ResponseRules.addUpgrade(head, edits);
    assertThat(Wire.written(head, edits))
        .isEqualTo("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tls, a/1\r\n\r\n");
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
