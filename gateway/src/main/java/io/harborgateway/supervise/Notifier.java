package io.harborgateway.supervise;

import io.harborgateway.lifecycle.DrainEvent;
import io.harborgateway.lifecycle.RecordedEvent;
import io.harborgateway.pace.PacedLine;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The thread that tells the service manager, and what it knows. {@link #start}, {@link #run},
 * {@link #see} and {@link #close} may be called by any thread; everything else runs on its own.
 */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  /** For how long one extension holds; the next one is sent in time. */
  private static final Duration EXTENSION = Duration.ofSeconds(30);

  private static final Duration LAST_MESSAGE = Duration.ofSeconds(2);

  private final NotifySocket socket;
  private final @Nullable Duration watchdog;
  private final NodeState node;
  private final StatusLine status;
  private final PacedLine failed = new PacedLine(LOG, Level.WARN);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("supervision").daemon().factory());

  private boolean silent;
  private int reloads;
  private boolean extending;
  private long extendedUntil;
  private long extendedAt;
  private long lookedAt = System.nanoTime() - TICK.toNanos();
  private String said = "";
  private long fedAt = System.nanoTime();

  Notifier(NotifySocket socket, @Nullable Duration watchdog, NodeState node) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.node = node;
    this.status = new StatusLine(node);
  }

  void start() {
    Duration quarter = watchdog == null ? TICK : watchdog.dividedBy(4);
    long tick = Math.clamp(quarter.toMillis(), 10, TICK.toMillis());
    thread.scheduleWithFixedDelay(guarded(this::tick), 0, tick, TimeUnit.MILLISECONDS);
  }

  void run(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("closed already", e);
    }
  }

  void see(RecordedEvent recorded) {
    run(() -> {
      status.see(recorded.event());
      if (recorded.event() instanceof DrainEvent(var phase, var connections)
          && (phase == DrainEvent.Phase.DONE || phase == DrainEvent.Phase.TIMED_OUT)) {
        extending = false; // what is left takes moments, or hangs
      }
      sayStatus();
    });
  }

  /** An exception would end the ticks, and be seen by nobody. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        failed.line().setCause(e).log("the service manager could not be told");
      }
    };
  }

  private void tick() {
    sayStatus();
    feedWatchdog();
    extend();
  }

  void ready() {
    status.started();
    said = status.text();
    lookedAt = System.nanoTime();
    send("READY=1\nSTATUS=" + said + alive());
  }

  void reloading() {
    reloads++;
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonicMicros());
  }

  void reloaded() {
    reloads--;
    if (reloads == 0) {
      ready();
    }
  }

  /** On Linux {@link System#nanoTime} is CLOCK_MONOTONIC, which the manager compares it with. */
  private static long monotonicMicros() {
    return System.nanoTime() / 1_000;
  }

  void stopping() {
    extending = true;
    extendedAt = System.nanoTime();
    extendedUntil = extendedAt + node.drainLimit().toNanos();
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + micros(EXTENSION));
  }

  void handOver(long process) {
    send("MAINPID=" + process + alive());
    silent = true;
  }

  /** The time until the next sign of life begins anew: the manager's goes on through both. */
  private String alive() {
    return watchdog == null ? "" : "\nWATCHDOG=1";
  }

  private void extend() {
    long now = System.nanoTime();
    if (extending && now - extendedUntil < 0 && now - extendedAt >= EXTENSION.toNanos() / 3) {
      extendedAt = now;
      send("EXTEND_TIMEOUT_USEC=" + micros(EXTENSION));
    }
  }

  private void feedWatchdog() {
    long now = System.nanoTime();
    if (watchdog != null && now - fedAt >= watchdog.toNanos() / 2 && node.isAnswering()) {
      fedAt = now;
      send("WATCHDOG=1");
    }
  }

  /** Does nothing for a second after the last look: a thousand events are one line. */
  private void sayStatus() {
    long now = System.nanoTime();
    if (now - lookedAt < TICK.toNanos()) {
      return;
    }
    lookedAt = now;
    String text = status.text();
    if (!text.equals(said)) {
      said = text;
      send("STATUS=" + text);
    }
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }

  private void send(String message) {
    if (silent) {
      return;
    }
    try {
      socket.send(message);
    } catch (IOException e) {
      failed.line().log("the service manager could not be told: {}", e.toString());
    }
  }

  void close() {
    thread.shutdown();
    try {
      if (thread.awaitTermination(LAST_MESSAGE.toMillis(), TimeUnit.MILLISECONDS)) {
        socket.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("closed nevertheless", e);
    }
  }
}
