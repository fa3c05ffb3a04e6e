package io.harborgateway.http;

import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryBudget.Level;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an event loop does for its connections of HTTP while memory is scarce: large heads wait, and
 * when it is exhausted the connections that hold the most end, until the use is back where nothing
 * needs to be held back. It looks every {@link #TICK_MILLIS} ms, and only while there is need to.
 *
 * <p>Confined to its event loop.
 */
final class MemoryGuard {
  /** Bytes of a head that are always received. The heads of nearly all requests are smaller. */
  static final int MODEST_HEAD = 8 << 10;

  /** Bytes: to end a connection that holds less would cost more than it brings. */
  static final int GREEDY = 8 << 10;

  static final int TICK_MILLIS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);

  private record Holding(Http1Front front, long bytes) {}

  private final EventLoop loop;
  private final MemoryBudget budget;
  private final Set<Http1Front> fronts;
  private final Set<Http1Front> waiting = new LinkedHashSet<>();
  private boolean watching;
  private boolean ending;

  /**
   * @param fronts of the event loop, as they come and go
   */
  MemoryGuard(EventLoop loop, MemoryBudget budget, Set<Http1Front> fronts) {
    this.loop = loop;
    this.budget = budget;
    this.fronts = fronts;
  }

  /** Tells whether memory is exhausted: a new exchange is to be refused. */
  boolean isExhausted() {
    Level level = budget.level();
    if (level.isScarce()) {
      watch();
    }
    return level == Level.EXHAUSTED;
  }

  /** Tells whether more may be read for what waits in {@code sink}; see the budget. */
  boolean takesMore(io.netty.channel.Channel sink) {
    boolean takes = budget.takesMore(sink);
    if (!takes && budget.level().isScarce()) {
      watch();
    }
    return takes;
  }

  /** Tells whether a head is large, and has to wait; {@link Http1Front#resumeHead} ends that. */
  boolean holdsBack(Http1Front front, int headBytes) {
    if (headBytes < MODEST_HEAD || !budget.level().isScarce()) {
      return false;
    }
    waiting.add(front);
    watch();
    return true;
  }

  void removed(Http1Front front) {
    waiting.remove(front);
  }

  private void watch() {
    if (!watching) {
      watching = true;
      loop.schedule(this::look, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    watching = false;
    Level level = budget.level();
    // Once it has begun it goes on until nothing is held back: else it would begin again at once.
    ending = level == Level.EXHAUSTED || (ending && level.isScarce());
    if (ending) {
      endGreediest(budget.excess());
    }
    if (level.isScarce()) {
      watch();
      return;
    }
    List<Http1Front> resumed = List.copyOf(waiting);
    waiting.clear();
    resumed.forEach(Http1Front::resumeHead);
  }

  /** Ends the connections that hold the most. Another event loop may end some of its own. */
  private void endGreediest(long excess) {
    List<Holding> holdings = new ArrayList<>();
    for (Http1Front front : fronts) {
      long bytes = front.heldBytes();
      if (bytes >= GREEDY) {
        holdings.add(new Holding(front, bytes));
      }
    }
    holdings.sort(Comparator.comparingLong(Holding::bytes).reversed());
    long freed = 0;
    int ended = 0;
    for (Holding holding : holdings) {
      if (freed >= excess) {
        break;
      }
      freed += holding.bytes();
      ended++;
      holding.front().endForMemory();
    }
    if (ended > 0) {
      LOG.warn(
          "memory for buffers exhausted: {} connections ended that held {} bytes", ended, freed);
    }
  }
}
