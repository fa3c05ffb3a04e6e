package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.Wire;
import io.harborgateway.http.h1.BodyReader;
import io.harborgateway.http.h1.Received;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.AsciiString;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All that is done to a head is linear in its octets, whatever they are. 64 times the octets may
 * take 512 times the CPU time here, where quadratic work takes 4096 times.
 */
class HeadWorkTest {
  private static final int SMALL = 8 << 10;
  private static final int FACTOR = 64;
  private static final long NEGLIGIBLE_NANOS = 10_000_000;
  private static final HeadLimits NONE = new HeadLimits(8 << 20, 8 << 20, 1 << 28);

  /** Without the leak detector, which takes longer for an octet than all the work on it. */
  private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

  private static final Client ROUTER = new Client(AsciiString.of("10.0.16.4"), true);

  private final RequestRules rules =
      new RequestRules("https", address -> address.getHostAddress().startsWith("10.0.16."), null);
  private final FieldEdits edits = new FieldEdits();
  private final Framing framing = new Framing();
  private final RequestHeadParser requests = new RequestHeadParser(new RequestHead(), NONE);
  private final ResponseHeadParser responses = new ResponseHeadParser(new ResponseHead(), NONE);

  /** Field lines of about so many octets, which are the worst for one step or another. */
  record Fields(String what, IntFunction<String> ofSize) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Fields> fields() {
    return Stream.of(
        new Fields(
            "connection options times fields",
            size -> "Connection: " + "a,".repeat(size / 4) + "\r\n" + "b:\r\n".repeat(size / 8)),
        new Fields(
            "as many options as allowed, as long as the fields",
            size -> {
              String name = "n".repeat(ConnectionOptions.MAX_OCTETS / ConnectionOptions.MAX - 1);
              return ("Connection: " + name + "x\r\n").repeat(ConnectionOptions.MAX)
                  + (name + "y:\r\n").repeat(size / name.length());
            }),
        repeated("connection lines", "Connection:\r\n"),
        repeated("the shortest fields", "b:\r\n"),
        repeated("fields that are dropped", "TE:\r\n"),
        repeated("lines of X-Forwarded-For", "X-Forwarded-For: 1\r\n"),
        listed("trusted proxies", "X-Forwarded-For: ", "10.0.16.1, "),
        listed("empty options", "Connection: ", ","),
        listed("transfer codings", "Transfer-Encoding: ", "gzip, "),
        listed("upgrades", "Connection: upgrade\r\nUpgrade: ", "a,"),
        listed("digits", "Content-Length: ", "0"),
        listed("white space", "A: b", " \t"));
  }

  private static Fields repeated(String what, String line) {
    return new Fields(what, size -> line.repeat(size / line.length()));
  }

  private static Fields listed(String what, String begin, String element) {
    return new Fields(what, size -> begin + element.repeat(size / element.length()) + "\r\n");
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aRequestTakesTimeByItsOctets(Fields fields) {
    String start = "GET / HTTP/1.1\r\nHost: h\r\n";
    assertLinear(size -> Wire.buffer(start + fields.ofSize.apply(size) + "\r\n"), this::forward);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void aResponseTakesTimeByItsOctets(Fields fields) {
    String start = "HTTP/1.1 200 OK\r\n";
    assertLinear(size -> Wire.buffer(start + fields.ofSize.apply(size) + "\r\n"), this::passOn);
  }

  static List<String> starts() {
    return List.of(
        "%sGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /%s HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http://h%s/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h%s\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [%s]\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("starts")
  void soDoesItsTargetAndItsHost(String head) {
    boolean ahead = head.startsWith("%s");
    assertLinear(
        size -> Wire.buffer(head.formatted((ahead ? "\r\n" : "::").repeat(size / 2))),
        this::forward);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b:\\r\\n", "bbbb"})
  void soDoesAHeadThatComesByteByByte(String octets) {
    String start = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    assertLinear(
        size -> Wire.buffer(start + octets.translateEscapes().repeat(size / 4) + "\r\n\r\n"),
        this::parseByteByByte);
  }

  private void parseByteByByte(ByteBuf whole) {
    ByteBuf in = Unpooled.EMPTY_BUFFER;
    var result = HeadParser.Result.NEED_MORE;
    while (result == HeadParser.Result.NEED_MORE) {
      in = Received.join(in, ALLOCATOR.heapBuffer(1, 1).writeByte(whole.readByte()), ALLOCATOR);
      result = requests.parse(in);
    }
    assertThat(result).isEqualTo(HeadParser.Result.DONE);
  }

  static List<String> chunks() {
    return List.of(
        "1\r\nx\r\n",
        "1;a\r\nx\r\n",
        "1;" + "a=\"\\\"\" ; ".repeat(100) + "b\r\nx\r\n",
        "01\r\nx\r\n400\r\n" + "d".repeat(1024) + "\r\n");
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void soDoesAChunkedBody(String chunks) {
    RequestHead head = Wire.request("PUT / HTTP/1.1\r\n\r\n");
    for (boolean keepChunks : new boolean[] {true, false}) {
      var reader = new BodyReader();
      assertLinear(
          size -> Wire.buffer(chunks.repeat(size / chunks.length())),
          in -> {
            reader.begin(BodyLength.CHUNKED, keepChunks, head);
            for (ByteBuf data = reader.next(in); data != null; data = reader.next(in)) {
              data.release();
            }
            assertThat(reader.failure()).isNull();
            assertThat(in.isReadable()).isFalse();
          });
    }
  }

  private void forward(ByteBuf in) {
    if (requests.parse(in) == HeadParser.Result.DONE
        && RequestRules.check(requests.head()) == null) {
      RequestHead head = requests.head();
      String upgrade = framing.ofRequest(head) ? RequestRules.upgradeAsked(head, 0) : null;
      rules.edit(head, ROUTER, rules.forwardedClient(head, ROUTER), upgrade, edits);
      HeadWriter.request(head, edits, ALLOCATOR).release();
    }
  }

  private void passOn(ByteBuf in) {
    if (responses.parse(in) == HeadParser.Result.DONE) {
      framing.ofResponse(responses.head(), false, "a");
      ResponseRules.edit(responses.head(), edits);
      ResponseRules.addUpgrade(responses.head(), edits);
      HeadWriter.response(responses.head(), edits, ALLOCATOR).release();
    }
  }

  private interface Work {
    void on(ByteBuf head);
  }

  private static void assertLinear(IntFunction<ByteBuf> head, Work work) {
    ByteBuf small = head.apply(SMALL);
    ByteBuf large = head.apply(SMALL * FACTOR);
    nanos(small, work, 10); // compiled by then
    long ofSmall = nanos(small, work, 10);
    long ofLarge = nanos(large, work, 3);
    assertThat(ofLarge)
        .as("ns for %d times the %d ns of %d octets", FACTOR, ofSmall, SMALL)
        .isLessThan(Math.max(ofSmall * FACTOR * 8, NEGLIGIBLE_NANOS));
  }

  /** The least CPU time of some runs. */
  private static long nanos(ByteBuf head, Work work, int runs) {
    var threads = ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      long start = threads.getCurrentThreadCpuTime();
      work.on(head.duplicate());
      least = Math.min(least, threads.getCurrentThreadCpuTime() - start);
    }
    return least;
  }
}
