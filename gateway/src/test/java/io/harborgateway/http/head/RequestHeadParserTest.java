package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests;
import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.http.Wire;
import io.harborgateway.http.head.HeadParser.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadParserTest {
  private static final int MAX_HEAD = 4096;
  private static final int MAX_TARGET = 1024;
  private static final int MAX_FIELDS = 200;
  private static final String WHOLE =
      "PATCH /v2/a%2Fb/blobs/uploads/?_state=x&y HTTP/1.1\r\n"
          + "Host: harbor.example.com\r\n"
          + "content-LENGTH:5\r\n"
          + "X-Empty:\r\n"
          + "X-Spaced: \t a  b \t\r\n"
          + "X-Obs: \u00e9\u00ff\r\n\r\n";

  private final RequestHeadParser parser =
      new RequestHeadParser(new RequestHead(), new HeadLimits(MAX_HEAD, MAX_TARGET, MAX_FIELDS));

  static List<Malformed> malformed() {
    return MalformedRequests.heads();
  }

  @Test
  void findsEveryPartOfAHead() {
    ByteBuf in = Wire.buffer(WHOLE + "hello");
    assertThat(parser.parse(in)).isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).isEqualTo(DESCRIBED);
    assertThat(in.readableBytes()).as("left for the body").isEqualTo(5);
  }

  private static final List<String> DESCRIBED =
      List.of(
          "PATCH",
          "/v2/a%2Fb/blobs/uploads/?_state=x&y",
          "1.1",
          "Host=harbor.example.com HOST",
          "content-LENGTH=5 CONTENT_LENGTH",
          "X-Empty= null",
          "X-Spaced=a  b null",
          "X-Obs=\u00e9\u00ff null");

  private static List<String> describe(RequestHead head) {
    var parts = new ArrayList<String>();
    parts.add(head.text(head.methodStart, head.methodEnd));
    parts.add(head.text(head.targetStart, head.targetEnd));
    parts.add("1." + head.minorVersion);
    for (int i = 0; i < head.count(); i++) {
      parts.add(
          head.text(head.nameStart(i), head.nameEnd(i))
              + "="
              + head.text(head.valueStart(i), head.valueEnd(i))
              + " "
              + head.field(i));
    }
    return parts;
  }

  @Test
  void takesAHeadByteByByte() {
    ByteBuf in = Unpooled.buffer();
    for (int i = 0; i < WHOLE.length(); i++) {
      in.writeByte(WHOLE.charAt(i));
      assertThat(parser.parse(in))
          .as("after byte %d", i)
          .isEqualTo(i < WHOLE.length() - 1 ? Result.NEED_MORE : Result.DONE);
    }
    assertThat(describe(parser.head())).isEqualTo(DESCRIBED);
  }

  @Test
  void takesAHeadSplitAnywhere() {
    for (int split = 1; split < WHOLE.length(); split++) {
      assertThat(parser.parse(Wire.buffer(WHOLE.substring(0, split)))).isEqualTo(Result.NEED_MORE);
      // The octets move to another buffer between the calls, as a cumulation does.
      ByteBuf in = Wire.buffer("moved" + WHOLE).skipBytes(5);
      assertThat(parser.parse(in)).as("split at %d", split).isEqualTo(Result.DONE);
      assertThat(describe(parser.head())).isEqualTo(DESCRIBED);
    }
  }

  @Test
  void leavesPipelinedRequestsForTheNextCalls() {
    ByteBuf in =
        Wire.buffer("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET /3 HTTP/1.1\r\n");
    assertThat(parser.parse(in)).isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).containsExactly("GET", "/1", "1.1", "Host=a HOST");
    assertThat(parser.parse(in)).isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).containsExactly("GET", "/2", "1.0");
    assertThat(parser.parse(in)).isEqualTo(Result.NEED_MORE);
    assertThat(in.readableBytes()).isEqualTo("GET /3 HTTP/1.1\r\n".length());
  }

  @Test
  void ignoresEmptyLinesAheadOfARequest() {
    ByteBuf in = Wire.buffer("\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    assertThat(parser.parse(in)).isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).containsExactly("GET", "/", "1.1");
  }

  @Test
  void anyNumberOfEmptyLinesIsHarmless() {
    ByteBuf in = Wire.buffer("\r\n".repeat(500_000) + "GET / HTTP/1.1\r\n\r\n");
    assertThat(parser.parse(in)).isEqualTo(Result.DONE);
  }

  @Test
  void emptyLinesMayComeInPieces() {
    ByteBuf in = Unpooled.buffer();
    for (char octet : "\r\n\r\n".toCharArray()) {
      in.writeByte(octet);
      assertThat(parser.parse(in)).isEqualTo(Result.NEED_MORE);
    }
    assertThat(parser.parse(in.writeBytes(Wire.buffer("GET / HTTP/1.1\r\n\r\n"))))
        .isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).containsExactly("GET", "/", "1.1");
  }

  @Test
  void holdsMoreFieldsThanItHadRoomFor() {
    var text = new StringBuilder("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 200; i++) {
      text.append('n').append(i).append(": v").append(i).append("\r\n");
    }
    assertThat(parser.parse(Wire.buffer(text + "\r\n"))).isEqualTo(Result.DONE);
    assertThat(describe(parser.head())).hasSize(203).endsWith("n199=v199 null");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refuses(Malformed malformed) {
    assertThat(parser.parse(Wire.buffer(malformed.text()))).isEqualTo(Result.FAILED);
    assertThat(parser.failure()).isEqualTo(malformed.failure());
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesByteByByte(Malformed malformed) {
    ByteBuf in = Unpooled.buffer();
    for (char octet : malformed.text().toCharArray()) {
      in.writeByte(octet);
      Result result = parser.parse(in);
      assertThat(result).isNotEqualTo(Result.DONE);
      if (result == Result.FAILED) {
        assertThat(parser.failure()).isEqualTo(malformed.failure());
        return;
      }
    }
    throw new AssertionError("not refused: " + malformed.text());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void limitsTheHead(int beyond) {
    String frame = "GET / HTTP/1.1\r\nA: \r\n\r\n";
    String value = "b".repeat(MAX_HEAD - frame.length() + beyond);
    Result result = parser.parse(Wire.buffer(frame.replace("A: ", "A: " + value)));
    assertThat(result).isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
    if (beyond > 0) {
      assertThat(parser.failure()).isEqualTo(Failure.HEAD_TOO_LARGE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void limitsTheFields(int beyond) {
    String head = "GET / HTTP/1.1\r\n" + "A:\r\n".repeat(MAX_FIELDS + beyond) + "\r\n";
    assertThat(parser.parse(Wire.buffer(head))).isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
    if (beyond > 0) {
      assertThat(parser.failure()).isEqualTo(Failure.TOO_MANY_FIELDS);
    }
  }

  @Test
  void doesNotWaitForTheEndOfTooManyFields() {
    ByteBuf in = Wire.buffer("GET / HTTP/1.1\r\n" + "A:\r\n".repeat(MAX_FIELDS));
    assertThat(parser.parse(in)).isEqualTo(Result.NEED_MORE);
    assertThat(parser.parse(Wire.buffer(Wire.taken(in) + "A:\r\n"))).isEqualTo(Result.FAILED);
    assertThat(parser.failure()).isEqualTo(Failure.TOO_MANY_FIELDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheConnectionOptions(int beyond) {
    String options = "Connection: a, ,b\r\n".repeat(ConnectionOptions.MAX / 2);
    String more = beyond > 0 ? "connection: close\r\n" : "connection: ,\r\n";
    ByteBuf in = Wire.buffer("GET / HTTP/1.1\r\n" + options + more + "\r\n");
    assertThat(parser.parse(in)).isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
    if (beyond > 0) {
      assertThat(parser.failure()).isEqualTo(Failure.TOO_MANY_FIELDS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheOctetsOfConnectionOptions(int beyond) {
    String option = "o".repeat(ConnectionOptions.MAX_OCTETS / 2);
    String options = "Connection: " + option + ", " + option + "x".repeat(beyond) + "\r\n";
    ByteBuf in = Wire.buffer("GET / HTTP/1.1\r\n" + options + "\r\n");
    assertThat(parser.parse(in)).isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
    if (beyond > 0) {
      assertThat(parser.failure()).isEqualTo(Failure.TOO_MANY_FIELDS);
    }
  }

  @Test
  void limitsAHeadThatHasNotEnded() {
    String begin = "GET / HTTP/1.1\r\nA: ";
    ByteBuf in = Wire.buffer(begin + "b".repeat(MAX_HEAD - begin.length() + 1));
    assertThat(parser.parse(in.slice(0, MAX_HEAD))).isEqualTo(Result.NEED_MORE);
    assertThat(parser.parse(in)).isEqualTo(Result.FAILED);
    assertThat(parser.failure()).isEqualTo(Failure.HEAD_TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void limitsTheTarget(int beyond) {
    String target = "/" + "t".repeat(MAX_TARGET - 1 + beyond);
    Result result = parser.parse(Wire.buffer("GET " + target + " HTTP/1.1\r\n\r\n"));
    assertThat(result).isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
    if (beyond > 0) {
      assertThat(parser.failure()).isEqualTo(Failure.TARGET_TOO_LONG);
    }
  }
}
