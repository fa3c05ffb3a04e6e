package io.harborgateway.transport;

import io.harborgateway.transport.MemoryBudget.Level;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees memory on an event loop by closing connections, whatever they carry. When memory is
 * exhausted, those that hold the most are closed until usage is back where nothing needs to be held
 * back. When it has been scarce for {@link #STUCK_MILLIS}, those that have stalled in the meantime
 * are closed until half of it is free: otherwise they could slow down all others for as long as
 * they like.
 *
 * <p>Checks every second while there are connections, since a stalled one causes no event, and
 * every {@link #TICK_MILLIS} ms while memory is scarce. Confined to its event loop.
 */
public final class MemoryRelief {
  /** In bytes: closing a connection that holds less would cost more than it gains. */
  public static final int GREEDY = 8 << 10;

  public static final int TICK_MILLIS = 50;
  public static final int STUCK_MILLIS = 10_000;

  private static final int IDLE_TICK_MILLIS = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(MemoryRelief.class);

  private record Holding(MemoryHolder holder, long bytes) {}

  /** What a connection held and had moved at the start of a window of {@link #STUCK_MILLIS}. */
  private record Standing(long held, long moved) {
    private static Standing of(MemoryHolder holder) {
      return new Standing(holder.heldBytes(), holder.movedBytes());
    }
  }

  private final EventLoop loop;
  private final MemoryBudget budget;
  private final Map<MemoryHolder, @Nullable Standing> holders = new HashMap<>();
  private final Set<Runnable> onRelief = new LinkedHashSet<>();
  private @Nullable Future<?> nextLook;
  private boolean hurries;
  private boolean ending;
  private int scarceTicks;

  public MemoryRelief(EventLoop loop, MemoryBudget budget) {
    this.loop = loop;
    this.budget = budget;
  }

  /** Begins to monitor an open connection. */
  public void add(MemoryHolder holder) {
    assert loop.inEventLoop();
    holders.put(holder, null);
    if (nextLook == null) {
      lookIn(IDLE_TICK_MILLIS);
    }
  }

  public void remove(MemoryHolder holder) {
    assert loop.inEventLoop();
    holders.remove(holder);
  }

  /** Runs {@code action} once, at the next check at which memory is not scarce (any more). */
  public void onRelief(Runnable action) {
    assert loop.inEventLoop();
    onRelief.add(action);
  }

  /** Returns how full memory is; if it is scarce, schedules a check. */
  public Level level() {
    Level level = budget.level();
    if (level.isScarce()) {
      hurry();
    }
    return level;
  }

  /** Returns whether more may be read, given what is pending in {@code sink}; see the budget. */
  public boolean takesMore(Channel sink) {
    boolean takes = budget.takesMore(sink);
    if (!takes) {
      level();
    }
    return takes;
  }

  private void hurry() {
    if (!hurries) {
      hurries = true;
      if (nextLook != null) {
        nextLook.cancel(false);
      }
      lookIn(TICK_MILLIS);
    }
  }

  private void lookIn(int millis) {
    nextLook = loop.schedule(this::look, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    nextLook = null;
    hurries = false;
    Level level = budget.level();
    // Once begun, it continues until nothing is held back: otherwise it would begin again at once.
    ending = level == Level.EXHAUSTED || (ending && level.isScarce());
    if (ending) {
      end("memory for buffers exhausted", holder -> true, GREEDY, budget.excess());
    }
    if (level.isScarce()) {
      endStuck();
      hurry();
      return;
    }
    scarceTicks = 0;
    List<Runnable> due = List.copyOf(onRelief);
    onRelief.clear();
    due.forEach(Runnable::run);
    if (!holders.isEmpty() && nextLook == null) {
      lookIn(IDLE_TICK_MILLIS);
    }
  }

  private void endStuck() {
    int ticks = scarceTicks++ % (STUCK_MILLIS / TICK_MILLIS + 1);
    if (ticks == STUCK_MILLIS / TICK_MILLIS) {
      end(
          "memory for buffers scarce, and nothing moved",
          holder -> Standing.of(holder).equals(holders.get(holder)),
          ReadSizes.SMALL,
          budget.excess() + budget.limit() / 4);
    } else if (ticks == 0) {
      holders.replaceAll((holder, before) -> Standing.of(holder));
    }
  }

  /**
   * Closes the connections that hold the most. Another event loop may concurrently close some of
   * its own.
   */
  private void end(String why, Predicate<MemoryHolder> which, int least, long toFree) {
    List<Holding> holdings = new ArrayList<>();
    for (MemoryHolder holder : holders.keySet()) {
      long bytes = holder.heldBytes();
      if (bytes >= least && which.test(holder)) {
        holdings.add(new Holding(holder, bytes));
      }
    }
    holdings.sort(Comparator.comparingLong(Holding::bytes).reversed());
    long freed = 0;
    int ended = 0;
    for (Holding holding : holdings) {
      if (freed >= toFree) {
        break;
      }
      freed += holding.bytes();
      ended++;
      holding.holder().endForMemory();
    }
    if (ended > 0) {
      LOG.warn("{}: {} connections ended that held {} bytes", why, ended, freed);
    }
  }
}
