package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests.Malformed;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
  private static final String CHUNKED =
      "3\r\nabc\r\n00A;name=\"quoted; \u00e9\";x\r\n0123456789\r\n1\r\n\n\r\n"
          + "0;last\r\nDigest: sha256:1\r\nX-Two:\r\n\r\n";
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
    reader.begin(0, true);
    assertThat(reader.isDone()).isTrue();
    assertThat(take("next")).isEmpty();
  }

  @Test
  void aLengthEndsTheBodyAndLeavesTheRest() {
    for (int split = 0; split <= 5; split++) {
      reader.begin(5, true);
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
    reader.begin(Framing.UNTIL_CLOSE, true);
    assertThat(take("some") + take("thing")).isEqualTo("something");
    assertThat(reader.isDone()).isFalse();
    assertThat(reader.isUntilClose()).isTrue();
  }

  @Test
  void chunksAreHandedOnAsTheyCame() {
    reader.begin(Framing.CHUNKED, true);
    ByteBuf in = Wire.buffer(CHUNKED + "GET /");
    assertThat(take(in)).isEqualTo(CHUNKED);
    assertThat(reader.isDone()).isTrue();
    assertThat(in.readableBytes()).isEqualTo("GET /".length());
  }

  @Test
  void chunksAreTakenOffTheirFraming() {
    reader.begin(Framing.CHUNKED, false);
    ByteBuf in = Wire.buffer(CHUNKED + "GET /");
    assertThat(take(in)).isEqualTo(DATA);
    assertThat(reader.isDone()).isTrue();
    assertThat(in.readableBytes()).isEqualTo("GET /".length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chunksMayBeSplitAnywhere(boolean keepChunks) {
    for (int split = 1; split < CHUNKED.length(); split++) {
      reader.begin(Framing.CHUNKED, keepChunks);
      String first = take(CHUNKED.substring(0, split));
      assertThat(reader.isDone()).as("split at %d", split).isFalse();
      String second = take(CHUNKED.substring(split));
      assertThat(first + second).isEqualTo(keepChunks ? CHUNKED : DATA);
      assertThat(reader.isDone()).as("split at %d", split).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void chunksMayComeByteByByte(boolean keepChunks) {
    reader.begin(Framing.CHUNKED, keepChunks);
    var taken = new StringBuilder();
    for (int i = 0; i < CHUNKED.length(); i++) {
      assertThat(reader.isDone()).isFalse();
      taken.append(take(CHUNKED.substring(i, i + 1)));
    }
    assertThat(reader.isDone()).isTrue();
    assertThat(taken.toString()).isEqualTo(keepChunks ? CHUNKED : DATA);
  }

  @Test
  void oneReaderServesOneBodyAfterTheOther() {
    reader.begin(Framing.CHUNKED, true);
    assertThat(take("x")).isEmpty();
    assertThat(reader.failure()).isEqualTo(Failure.BAD_CHUNK);
    reader.begin(Framing.CHUNKED, true);
    assertThat(take("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
    assertThat(reader.failure()).isNull();
    assertThat(reader.isDone()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesAndHandsOnNothingOfThePiece(Malformed malformed) {
    reader.begin(Framing.CHUNKED, true);
    assertThat(take(body(malformed))).isEmpty();
    assertThat(reader.failure()).isEqualTo(Failure.BAD_CHUNK);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesByteByByte(Malformed malformed) {
    reader.begin(Framing.CHUNKED, false);
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
    reader.begin(Framing.CHUNKED, true);
    take("1;" + "e".repeat(BodyReader.MAX_LINE_BYTES + beyond) + "\r\na\r\n");
    assertThat(reader.failure()).isEqualTo(beyond > 0 ? Failure.BAD_CHUNK : null);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheTrailers(int beyond) {
    reader.begin(Framing.CHUNKED, true);
    String frame = "A: \r\n\r\n";
    String value = "t".repeat(BodyReader.MAX_LINE_BYTES - frame.length() + beyond);
    take("0\r\n" + frame.replace("A: ", "A: " + value));
    assertThat(reader.failure()).isEqualTo(beyond > 0 ? Failure.BAD_CHUNK : null);
    assertThat(reader.isDone()).isEqualTo(beyond == 0);
  }

  @Test
  void takesTheLargestSizeThereIs() {
    reader.begin(Framing.CHUNKED, false);
    assertThat(take("fffffffffffffff\r\nabc")).isEqualTo("abc");
    assertThat(reader.failure()).isNull();
    assertThat(reader.isDone()).isFalse();
  }
}
