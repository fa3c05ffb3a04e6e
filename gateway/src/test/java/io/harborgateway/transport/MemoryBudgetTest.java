package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.transport.MemoryBudget.Level;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBudgetTest {
  private static final long LIMIT = 1_000_000;

  private final AtomicLong taken = new AtomicLong(LIMIT);
  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger added = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final MemoryBudget budget =
      new MemoryBudget(
          LIMIT,
          taken::get,
          () -> {
            added.incrementAndGet();
            return used.get();
          },
          nanos::get);

  /** A connection whose peer takes nothing until it is told to. */
  private static final class Stalled extends EmbeddedChannel {
    private final List<Boolean> changes = new ArrayList<>();
    private boolean taking;

    Stalled() {
      pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                  changes.add(ctx.channel().isWritable());
                }
              });
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
      if (taking) {
        super.doWrite(out);
      }
    }

    void put(int bytes) {
      ByteBuf data = alloc().buffer(bytes).writeZero(bytes);
      writeAndFlush(data);
      runPendingTasks();
    }

    void takeAll() {
      taking = true;
      flush();
      runPendingTasks();
    }
  }

  private final Stalled sink = new Stalled();

  @AfterEach
  void close() {
    sink.finishAndReleaseAll();
  }

  private void use(int permille) {
    used.set(LIMIT * permille / 1000);
    nanos.addAndGet(MemoryBudget.SAMPLE_NANOS);
  }

  private boolean takesMore(Channel channel) {
    boolean takes = budget.takesMore(channel);
    sink.runPendingTasks();
    return takes;
  }

  @ParameterizedTest
  @CsvSource({
    "0, FREE, 524288",
    "49, FREE, 524288",
    "50, FILLING, 65536",
    "83, SHORT, 8192",
    "249, SHORT, 8192",
    "250, TIGHT, 4096",
    "749, TIGHT, 4096",
    "750, SCARCE, 2048",
    "899, SCARCE, 2048",
    "900, EXHAUSTED, 2048",
    "1100, EXHAUSTED, 2048"
  })
  void theFullerItIsTheLessIsReadAtOnce(int permille, Level level, int maxRead) {
    use(permille);
    assertThat(budget.level()).isEqualTo(level);
    assertThat(budget.maxRead()).isEqualTo(maxRead);
  }

  @Test
  void addsNothingUpWhileTheAllocatorHasTakenLittle() {
    taken.set(LIMIT / 21);
    use(45);
    assertThat(budget.level()).isEqualTo(Level.FREE);
    assertThat(added).hasValue(0);
  }

  @Test
  void addsTheUseUpAtMostOnceInAnInterval() {
    use(950);
    assertThat(budget.level()).isEqualTo(Level.EXHAUSTED);
    used.set(0);
    assertThat(budget.level()).isEqualTo(Level.EXHAUSTED);
    assertThat(added).hasValue(1);
    nanos.addAndGet(MemoryBudget.SAMPLE_NANOS);
    assertThat(budget.level()).isEqualTo(Level.FREE);
  }

  @Test
  void withoutALimitMemoryIsFree() {
    var unlimited = new MemoryBudget(0, () -> -1, () -> 1L << 40, System::nanoTime);
    assertThat(unlimited.level()).isEqualTo(Level.FREE);
  }

  @ParameterizedTest
  @CsvSource({"0, 60000", "50, 8000", "83, 0", "750, 0"})
  void theFullerItIsTheLessMayWaitInAConnection(int permille, int waits) {
    use(permille);
    if (waits > 0) {
      sink.put(waits - 200);
      assertThat(takesMore(sink)).isTrue();
    }
    sink.put(10_000);
    assertThat(takesMore(sink)).isFalse();
    assertThat(sink.isWritable()).isFalse();
  }

  @Test
  void aConnectionTakesMoreAgainWhenAllWasTakenHoweverFullMemoryIs() {
    use(950);
    assertThat(takesMore(sink)).as("nothing waits").isTrue();
    sink.put(1);
    assertThat(takesMore(sink)).isFalse();
    sink.takeAll();
    assertThat(sink.changes).containsExactly(false, true);
    assertThat(takesMore(sink)).isTrue();
  }

  @Test
  void manySmallPiecesAreAsManyBuffers() {
    int pieces = 0;
    while (takesMore(sink)) {
      sink.put(1);
      pieces++;
    }
    assertThat(pieces).isEqualTo(33);
    assertThat(MemoryBudget.waiting(sink)).isGreaterThan(33 * 2048);
    sink.takeAll();
    assertThat(takesMore(sink)).isTrue();
    assertThat(MemoryBudget.waiting(sink)).isZero();
  }

  @Test
  void aClosedConnectionIsReadToItsEnd() {
    sink.close();
    assertThat(MemoryBudget.waiting(sink)).isZero();
  }
}
