package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A request's head, from the received octets to those that go upstream. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HeadParse {
  private static final HeadLimits LIMITS = new HeadLimits(64 << 10, 16 << 10, 200);

  /** Who sent the head. */
  @Param({"docker", "gorouter", "browser"})
  public String client = "docker";

  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final Framing framing = new Framing();
  private final FieldEdits edits = new FieldEdits();
  private RequestHeadParser parser = new RequestHeadParser(new RequestHead(), LIMITS);
  private RequestRules rules = new RequestRules("https", address -> false, null);
  private Client peer = Client.UNKNOWN;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;

  @Setup
  public void receive() {
    boolean trusted = client.equals("gorouter");
    parser = new RequestHeadParser(new RequestHead(), LIMITS);
    rules = new RequestRules("https", address -> trusted, null);
    peer = new Client(AsciiString.of("10.0.16.9"), trusted);
    received = ByteBufUtil.writeAscii(allocator, RequestHeads.of(client));
    parsed();
  }

  @TearDown
  public void release() {
    received.release();
  }

  /** The view alone. */
  @Benchmark
  public int parse() {
    return parsed().count();
  }

  /** With all that is done to a head that is forwarded. */
  @Benchmark
  public int forward() {
    RequestHead head = parsed();
    if (RequestRules.check(head) != null || !framing.ofRequest(head)) {
      throw new IllegalStateException(client + ": the head was refused");
    }
    rules.edit(head, peer, rules.forwardedClient(head, peer), null, edits);
    ByteBuf out = HeadWriter.request(head, edits, allocator);
    int bytes = out.readableBytes();
    out.release();
    return bytes;
  }

  /** What is done to the fields alone: which are dropped and added, and writing the head anew. */
  @Benchmark
  public int rewrite() {
    RequestHead head = parser.head();
    rules.edit(head, peer, rules.forwardedClient(head, peer), null, edits);
    ByteBuf out = HeadWriter.request(head, edits, allocator);
    int bytes = out.readableBytes();
    out.release();
    return bytes;
  }

  /** The texts that an access log adds to that, on the event loop. */
  @Benchmark
  public void textsForTheLog(Blackhole blackhole) {
    RequestHead head = parsed();
    blackhole.consume(head.text(head.methodStart, head.methodEnd));
    blackhole.consume(head.text(head.targetStart, head.targetEnd));
    blackhole.consume(head.value(Field.HOST));
    blackhole.consume(head.value(Field.USER_AGENT));
    blackhole.consume(head.value(Field.REFERER));
  }

  private RequestHead parsed() {
    received.readerIndex(0);
    if (parser.parse(received) != HeadParser.Result.DONE) {
      throw new IllegalStateException(client + ": the head is not whole");
    }
    return parser.head();
  }
}
