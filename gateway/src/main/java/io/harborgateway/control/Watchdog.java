package io.harborgateway.control;

import io.harborgateway.metrics.Meters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports when a thread that must not block does: the control thread or an event loop. It requests
 * a sign of life from each, by an empty task; a thread that has given none for a second is logged
 * with its stack, and again, with the duration, when it continues. If all threads stood still (the
 * process was stopped, starved, or collecting garbage), none of them is to blame, and that is
 * logged instead.
 *
 * <p>Costs each thread four empty tasks per second.
 */
final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int LOOKS = 4;
  private static final int FRAMES = 8;

  private final long limitNanos;
  private final Duration pause;
  private final List<Watched> all = new ArrayList<>();
  private final Thread thread =
      Thread.ofPlatform().name("watchdog").daemon().unstarted(this::watch);
  private volatile boolean closing;

  /** When no watched thread was stuck; by {@link System#nanoTime}. */
  private volatile long wellAt = System.nanoTime();

  Watchdog() {
    this(LIMIT);
  }

  /**
   * @param limit of the time without a sign of life
   */
  Watchdog(Duration limit) {
    this.limitNanos = limit.toNanos();
    this.pause = limit.dividedBy(LOOKS);
  }

  /**
   * Watches the thread of this executor. Must be called before {@link #start}.
   *
   * @param executor single-threaded
   */
  void add(String name, Executor executor, Meters meters) {
    var watched = new Watched(name, executor);
    all.add(watched);
    meters.gauge("thread.stalls", watched.stalls::get, "thread", name);
    meters.gauge("thread.stalled.seconds", () -> watched.nanos.get() / 1e9, "thread", name);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }

  /** Whether no watched thread is stuck; false, too, if nobody has looked for some time. */
  boolean isAnswering() {
    return System.nanoTime() - wellAt < 2 * limitNanos;
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closing) {
      try {
        Thread.sleep(pause);
        long now = System.nanoTime();
        look(now, now - last - pause.toNanos());
        last = System.nanoTime();
      } catch (InterruptedException e) {
        LOG.debug("the watchdog was interrupted, as by its close");
      } catch (RuntimeException | Error e) {
        LOG.error("the watchdog failed; it goes on", e);
      }
    }
  }

  private void look(long now, long late) {
    boolean stoodStill = late >= limitNanos;
    if (stoodStill) {
      LOG.warn(
          "the whole process stood still for {} ms: stopped, starved of CPU, or collecting garbage",
          late / 1_000_000);
    }
    for (Watched watched : all) {
      if (stoodStill) {
        watched.forgive(now);
      }
      watched.look(now);
    }
    if (all.stream().noneMatch(watched -> watched.isStuck(now))) {
      wellAt = now;
    }
  }

  /** One watched thread. Confined to the watchdog's thread, except where noted. */
  private final class Watched {
    private final String name;
    private final Executor executor;
    private final AtomicLong stalls = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong(); // sum of all stalls that are over
    private long askedAt;
    private boolean asked;
    private boolean said;

    /** Set by the watched thread itself. */
    private volatile @Nullable Sign sign;

    Watched(String name, Executor executor) {
      this.name = name;
      this.executor = executor;
    }

    private void look(long now) {
      if (asked) {
        Sign given = sign;
        if (given != null && given.question == askedAt) {
          answered(given.at - askedAt);
        } else if (!said && now - askedAt >= limitNanos) {
          said = true;
          stalls.incrementAndGet();
          LOG.warn("{}: stuck for {} ms so far{}", name, (now - askedAt) / 1_000_000, doing(given));
        }
      }
      if (!asked) {
        ask(now);
      }
    }

    private boolean isStuck(long now) {
      return asked && now - askedAt >= limitNanos;
    }

    private void ask(long now) {
      askedAt = now;
      said = false;
      try {
        executor.execute(() -> sign = new Sign(now, System.nanoTime(), Thread.currentThread()));
        asked = true;
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: has ended", name, e);
      }
    }

    private void answered(long took) {
      asked = false;
      if (took >= limitNanos) {
        nanos.addAndGet(took);
        if (!said) {
          stalls.incrementAndGet();
        }
        LOG.warn("{}: was stuck for {} ms", name, took / 1_000_000);
      }
    }

    /** Restarts its time: it could not have answered. */
    private void forgive(long now) {
      if (asked && !said) {
        ask(now);
      }
    }

    private static String doing(@Nullable Sign last) {
      if (last == null) {
        return "";
      }
      return Stream.of(last.thread.getStackTrace())
          .limit(FRAMES)
          .map(StackTraceElement::toString)
          .collect(Collectors.joining(" < ", ", in ", ""));
    }
  }

  /**
   * A sign of life.
   *
   * @param question when it was requested; like all times, by {@link System#nanoTime}
   */
  private record Sign(long question, long at, Thread thread) {}
}
