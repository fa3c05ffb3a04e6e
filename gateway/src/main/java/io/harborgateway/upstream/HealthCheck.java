package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether an upstream answers, again and again, and between the checks from what traffic
 * meets: a refused connection makes it down at once, a lost idle connection brings the next check
 * forward.
 *
 * <p>Started and stopped by any thread; the listener is told on the checking thread.
 */
public final class HealthCheck implements AutoCloseable {
  /**
   * What is checked, and how often.
   *
   * @param interval between the end of a check and the next; a quarter of it while a change is
   *     being confirmed
   * @param timeout of one check
   * @param rise successes in a row that make an upstream up that was down
   * @param fall failures in a row that make one down that was up
   * @param path what a GET asks for; null: a connection is enough
   * @param host the Host field of the GET
   * @param statuses that the GET may have
   */
  public record Settings(
      Duration interval,
      Duration timeout,
      int rise,
      int fall,
      @Nullable String path,
      String host,
      Set<Integer> statuses) {
    public Settings {
      statuses = Set.copyOf(statuses);
    }

    /** A check that connects, with TLS where the upstream speaks it. */
    public static Settings connect(Duration interval, Duration timeout, int rise, int fall) {
      return new Settings(interval, timeout, rise, fall, null, "", Set.of());
    }
  }

  /** Told of each change, and once after the first check. */
  public interface Listener {
    /**
     * The upstream went up or down.
     *
     * @param reason why it is down, or empty
     */
    void changed(Upstream upstream, boolean up, String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

  /** A change is confirmed in a fraction of the time that passes until it is noticed. */
  private static final int FASTER = 4;

  /** Many connections may be lost at once; they bring one check. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(20);

  private final Upstream upstream;
  private final Connector connector;
  private final EventLoop loop;
  private final ScheduledExecutorService scheduler;
  private final Settings settings;
  private final Probe.@Nullable Get get;
  private final Listener listener;
  private final CompletableFuture<Boolean> firstResult = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile String reason = "not checked yet";

  // Confined to the checking thread.
  private final Hysteresis state;
  private @Nullable ScheduledFuture<?> next;
  private boolean running;
  private long begun = System.nanoTime();

  /**
   * Makes a check, not started.
   *
   * @param loop on which the checks dial
   * @param scheduler a single thread that may block, and discards what comes after its end
   */
  public HealthCheck(
      Upstream upstream,
      Connector connector,
      EventLoop loop,
      ScheduledExecutorService scheduler,
      Settings settings,
      Listener listener) {
    this.upstream = upstream;
    this.connector = connector;
    this.loop = loop;
    this.scheduler = scheduler;
    this.settings = settings;
    this.get =
        settings.path() == null
            ? null
            : new Probe.Get(settings.path(), settings.host(), settings.statuses());
    this.state = new Hysteresis(settings.rise(), settings.fall());
    this.listener = listener;
  }

  /** Begins to check, and to listen to the upstream's traffic. */
  public void start() {
    upstream.tellTo(
        new Upstream.Signals() {
          @Override
          public void refused(String why) {
            scheduler.execute(() -> nobodyListens(why));
          }

          @Override
          public void connectionLost() {
            scheduler.execute(HealthCheck.this::checkSoon);
          }
        });
    scheduler.execute(this::check);
  }

  public boolean isUp() {
    return upstream.isUp();
  }

  /** Returns why it is down; empty while it is up. For any thread. */
  public String reason() {
    return reason;
  }

  /** Completes with the result of the first check, after the listener was told. */
  public CompletableFuture<Boolean> firstResult() {
    return firstResult;
  }

  private void check() {
    if (closed || running) {
      return;
    }
    running = true;
    begun = System.nanoTime();
    try {
      upstream.resolve();
    } catch (UnknownHostException e) {
      LOG.debug("upstream {}: host name not resolved", upstream, e);
    }
    loop.execute(() ->
        Probe.start(
            loop,
            connector,
            upstream,
            get,
            settings.timeout(),
            (result, why) -> scheduler.execute(() -> ended(result, why))));
  }

  private void ended(Probe.Result result, String why) {
    running = false;
    if (closed) { // since the result was queued
      return;
    }
    boolean succeeded =
        result == Probe.Result.SUCCEEDED || (result == Probe.Result.UNKNOWN && state.isUp());
    boolean changed = result == Probe.Result.REFUSED ? state.fail() : state.record(succeeded);
    if (changed) {
      tell(why);
    } else if (!state.isUp() && !succeeded) {
      reason = why;
    }
    checkIn(state.wavers() ? settings.interval().dividedBy(FASTER) : settings.interval());
    firstResult.complete(state.isUp());
  }

  private void nobodyListens(String why) {
    if (!closed && state.isUp() && state.fail()) {
      tell(why);
    }
  }

  private void checkSoon() {
    if (closed || running || !state.isUp()) {
      return;
    }
    Duration passed = Duration.ofNanos(System.nanoTime() - begun);
    checkIn(passed.compareTo(LEAST_PAUSE) >= 0 ? Duration.ZERO : LEAST_PAUSE.minus(passed));
  }

  private void checkIn(Duration pause) {
    if (next != null) {
      next.cancel(false);
    }
    next = scheduler.schedule(this::check, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void tell(String why) {
    boolean up = state.isUp();
    reason = up ? "" : why;
    upstream.setUp(up);
    listener.changed(upstream, up, reason);
  }

  /** Ends the checks; a running one is not waited for, and its result not told. */
  @Override
  public void close() {
    closed = true;
  }
}
