package io.harborgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests;
import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.http.Wire;
import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.TrailerSection;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
  private static final String CHUNKED =
      "3\r\nabc\r\n00A;name=\"quoted; \u00e9\";x\r\n0123456789\r\n1\r\n\n\r\n"
          + "0;last\r\nDigest: sha256:1\r\nX-Two:\r\n\r\n";
  private static final String CANONICAL =
      "3\r\nabc\r\na\r\n0123456789\r\n1\r\n\n\r\n0\r\nDigest: sha256:1\r\nX-Two:\r\n\r\n";
  private static final RequestHead HEAD = Wire.request("PUT / HTTP/1.1\r\n\r\n");
  private static final String DATA = "abc0123456789\n";

  private final BodyReader reader = new BodyReader();

  static List<Malformed> malformed() {
    return MalformedRequests.chunks();
  }

  @AfterEach
  void release() {
    reader.release();
  }

  /** Takes all that {@code text} has of the body. */
  private String take(String text) {
    return take(Wire.buffer(text));
  }

  private String take(ByteBuf in) {
    var taken = new StringBuilder();
    for (ByteBuf data = reader.next(in); data != null; data = reader.next(in)) {
      assertThat(data.isReadable()).as("pieces have bytes").isTrue();
      taken.append(Wire.taken(data));
    }
    return taken.toString();
  }

  @Test
  void noBodyIsDoneAtOnce() {
    reader.begin(0, true, HEAD);
    assertThat(reader.isDone()).isTrue();
    assertThat(take("next")).isEmpty();
  }

  @Test
  void aLengthEndsTheBodyAndLeavesTheRest() {
    for (int split = 0; split <= 5; split++) {
      reader.begin(5, true, HEAD);
      ByteBuf in = Wire.buffer("helloGET /");
      assertThat(take(in.readSlice(split))).isEqualTo("hello".substring(0, split));
      assertThat(reader.isDone()).isEqualTo(split == 5);
      assertThat(take(in)).isEqualTo("hello".substring(split));
      assertThat(reader.isDone()).isTrue();
      assertThat(in.readableBytes()).isEqualTo("GET /".length());
    }
  }

  @Test
  void aBodyUntilCloseNeverEndsByItself() {
    reader.begin(BodyLength.UNTIL_CLOSE, true, HEAD);
    assertThat(take("some") + take("thing")).isEqualTo("something");
    assertThat(reader.isDone()).isFalse();
    assertThat(reader.isUntilClose()).isTrue();
  }

  @Test
  void chunksAreHandedOnInCanonicalForm() {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    ByteBuf in = Wire.buffer(CHUNKED + "GET /");
    assertThat(take(in)).isEqualTo(CANONICAL);
    assertThat(reader.isDone()).isTrue();
    assertThat(in.readableBytes()).isEqualTo("GET /".length());
  }

  @Test
  void chunksAreTakenOffTheirFraming() {
    reader.begin(BodyLength.CHUNKED, false, HEAD);
    ByteBuf in = Wire.buffer(CHUNKED + "GET /");
    assertThat(take(in)).isEqualTo(DATA);
    assertThat(reader.isDone()).isTrue();
    assertThat(in.readableBytes()).isEqualTo("GET /".length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chunksMayBeSplitAnywhere(boolean keepChunks) {
    for (int split = 1; split < CHUNKED.length(); split++) {
      reader.begin(BodyLength.CHUNKED, keepChunks, HEAD);
      String first = take(CHUNKED.substring(0, split));
      assertThat(reader.isDone()).as("split at %d", split).isFalse();
      String second = take(CHUNKED.substring(split));
      assertThat(first + second).isEqualTo(keepChunks ? CANONICAL : DATA);
      assertThat(reader.isDone()).as("split at %d", split).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chunksMayComeByteByByte(boolean keepChunks) {
    reader.begin(BodyLength.CHUNKED, keepChunks, HEAD);
    var taken = new StringBuilder();
    for (int i = 0; i < CHUNKED.length(); i++) {
      assertThat(reader.isDone()).isFalse();
      taken.append(take(CHUNKED.substring(i, i + 1)));
    }
    assertThat(reader.isDone()).isTrue();
    assertThat(taken.toString()).isEqualTo(keepChunks ? CANONICAL : DATA);
  }

  @Test
  void oneReaderServesOneBodyAfterTheOther() {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    assertThat(take("x")).isEmpty();
    assertThat(reader.failure()).isEqualTo(Failure.BAD_CHUNK);
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    assertThat(take("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
    assertThat(reader.failure()).isNull();
    assertThat(reader.isDone()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesAndHandsOnNothingOfThePiece(Malformed malformed) {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    assertThat(take(body(malformed))).isEmpty();
    assertThat(reader.failure()).isEqualTo(Failure.BAD_CHUNK);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesByteByByte(Malformed malformed) {
    reader.begin(BodyLength.CHUNKED, false, HEAD);
    String body = body(malformed);
    for (int i = 0; i < body.length() && reader.failure() == null; i++) {
      assertThat(reader.isDone()).isFalse();
      take(body.substring(i, i + 1));
    }
    assertThat(reader.failure()).isEqualTo(Failure.BAD_CHUNK);
  }

  private static String body(Malformed malformed) {
    return malformed.text().substring(malformed.text().indexOf("\r\n\r\n") + 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsAnExtension(int beyond) {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    take("1;" + "e".repeat(ChunkSizeParser.MAX_EXTENSION_BYTES + beyond) + "\r\na\r\n");
    assertThat(reader.failure()).isEqualTo(beyond > 0 ? Failure.BAD_CHUNK : null);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheTrailers(int beyond) {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    String frame = "A: \r\n\r\n";
    String value = "t".repeat(BodyReader.MAX_TRAILER_BYTES - frame.length() + beyond);
    take("0\r\n" + frame.replace("A: ", "A: " + value));
    assertThat(reader.failure()).isEqualTo(beyond > 0 ? Failure.BAD_CHUNK : null);
    assertThat(reader.isDone()).isEqualTo(beyond == 0);
  }

  @Test
  void takesTheLargestSizeThereIs() {
    reader.begin(BodyLength.CHUNKED, false, HEAD);
    assertThat(take("fffffffffffffff\r\nabc")).isEqualTo("abc");
    assertThat(reader.failure()).isNull();
    assertThat(reader.isDone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 ;a",
        "5\t ; \t a",
        "5;a=b",
        "5;a = b",
        "5;a\t=\tb ;c",
        "5;a=\"\"",
        "5;a=\"b;c,\u00e9 \t\"",
        "5;a=\"\\\"\\\\\\ \"",
        "5;a=\"b\" ; c=d",
        "5;a;b;c",
        "5;!#$%&'*+-.^_`|~=0",
        "05",
        "0000005;a"
      })
  void sizesAreWrittenAnewWithoutTheirExtensions(String line) {
    String data = "hello\r\n0\r\n\r\n";
    for (boolean whole : new boolean[] {true, false}) {
      reader.begin(BodyLength.CHUNKED, true, HEAD);
      assertThat(takeIn(whole, line + "\r\n" + data)).isEqualTo("5\r\n" + data);
      assertThat(reader.isDone()).isTrue();
      reader.begin(BodyLength.CHUNKED, true, HEAD);
      assertThat(takeIn(whole, line.replace('5', '0') + "\r\n\r\n")).isEqualTo("0\r\n\r\n");
      assertThat(reader.isDone()).isTrue();
    }
  }

  private String takeIn(boolean whole, String text) {
    if (whole) {
      return take(text);
    }
    var taken = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      taken.append(take(text.substring(i, i + 1)));
    }
    return taken.toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 15, 16, 255, 256, 65536, 0xfff_ffff_ffff_ffffL})
  void sizesAreWrittenAsTheyAre(long size) {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    assertThat(take(Long.toHexString(size) + ";x\r\n!"))
        .isEqualTo(Long.toHexString(size) + "\r\n!");
  }

  @ParameterizedTest
  @CsvSource({"true, '', ''", "true, ;x, ;y", "false, ;x, ''", "true, '', ;y"})
  void dataIsNotCopied(boolean keepChunks, String first, String second) {
    String chunk = "d".repeat(0x8000);
    ByteBuf in =
        Wire.buffer(
            "8000"
                + first
                + "\r\n"
                + chunk
                + "\r\n8000"
                + second
                + "\r\n"
                + chunk
                + "\r\n0\r\n\r\n");
    reader.begin(BodyLength.CHUNKED, keepChunks, HEAD);
    int sliced = 0;
    for (ByteBuf data = reader.next(in); data != null; data = reader.next(in)) {
      sliced += data.hasArray() ? data.readableBytes() : 0; // a copy is a direct buffer
      data.release();
    }
    assertThat(reader.isDone()).isTrue();
    assertThat(sliced).isGreaterThanOrEqualTo(2 * chunk.length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tinyChunksMakeNoBufferEach(boolean keepChunks) {
    int chunks = 10_000;
    ByteBuf in = Wire.buffer("1;a\r\nx\r\n".repeat(chunks));
    reader.begin(BodyLength.CHUNKED, keepChunks, HEAD);
    ByteBuf data = Objects.requireNonNull(reader.next(in));
    assertThat(Wire.taken(data)).isEqualTo((keepChunks ? "1\r\nx\r\n" : "x").repeat(chunks));
    assertThat(reader.next(in)).isNull();
  }

  // ---- trailers

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "trailer: X",
        "Connection: close",
        "Keep-Alive: x",
        "TE: trailers",
        "Upgrade: websocket",
        "Host: other",
        "X-FORWARDED-FOR: 1.1.1.1",
        "X-Forwarded-Anything: x",
        "Forwarded: for=1.1.1.1",
        "Via: 1.1 x",
        "Authorization: Basic x",
        "Proxy-Authorization: Basic x",
        "WWW-Authenticate: Basic",
        "Cookie: a=b",
        "Set-Cookie: a=b",
        "Expect: 100-continue",
        "Range: bytes=0-",
        "If-None-Match: x",
        "Cache-Control: no-store",
        "Max-Forwards: 1",
        "Location: /",
        "Date: x",
        "Vary: x",
        "Content-Type: text/html",
        "Content-Encoding: gzip",
        "Content-Range: bytes 0-1/2",
        "X-Hop: x"
      })
  void trailersThatMustNotBeAreDropped(String line) {
    RequestHead head = Wire.request("PUT / HTTP/1.1\r\nConnection: close, x-hop\r\n\r\n");
    for (boolean whole : new boolean[] {true, false}) {
      reader.begin(BodyLength.CHUNKED, true, head);
      String taken = takeIn(whole, "0\r\nDigest: 1\r\n" + line + "\r\nETag:x\r\n\r\n");
      assertThat(taken).isEqualTo("0\r\nDigest: 1\r\nETag:x\r\n\r\n");
      reader.begin(BodyLength.CHUNKED, true, head);
      assertThat(takeIn(whole, "0\r\n" + line + "\r\n\r\n")).isEqualTo("0\r\n\r\n");
      assertThat(reader.isDone()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheTrailersFields(int beyond) {
    reader.begin(BodyLength.CHUNKED, true, HEAD);
    take("0\r\n" + "A:\r\n".repeat(TrailerSection.MAX_FIELDS + beyond) + "\r\n");
    assertThat(reader.failure()).isEqualTo(beyond > 0 ? Failure.BAD_CHUNK : null);
  }
}
