package io.harborgateway.upstream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks periodically whether an upstream answers, and learns from traffic in between: a refused
 * connection marks it down at once; a lost connection, any other failed dial, and silence bring the
 * next check forward.
 *
 * <p>A check that takes four times as long as recent ones is doubted: that counts as a failure, and
 * the next check begins at once, concurrently. The doubted check still waits for its answer; if one
 * arrives while the upstream is up, it was just slow, and later checks wait longer. While the
 * upstream is down, no check is doubted before its configured timeout.
 *
 * <p>May be started and stopped by any thread; the observer is called on the checking thread.
 */
public final class HealthCheck implements AutoCloseable {
  /**
   * What is checked, and how often.
   *
   * @param interval time between the end of a check and the next; shorter while a change is being
   *     confirmed and while connections are refused
   * @param timeout timeout of one check
   * @param rise consecutive successes that bring an upstream up
   * @param fall consecutive failures that take an upstream down
   * @param damping longest time that flapping holds a rise back; zero: never
   * @param path request target of the GET; null: a connection is enough
   * @param host the Host field of the GET
   * @param statuses accepted statuses of the GET
   */
  public record Settings(
      Duration interval,
      Duration timeout,
      int rise,
      int fall,
      Duration damping,
      @Nullable String path,
      String host,
      Set<Integer> statuses) {
    public Settings {
      statuses = Set.copyOf(statuses);
    }

    /**
     * Returns the settings of a check that just connects, with TLS if the upstream speaks it,
     * without damping.
     */
    public static Settings connect(Duration interval, Duration timeout, int rise, int fall) {
      return new Settings(interval, timeout, rise, fall, Duration.ZERO, null, "", Set.of());
    }

    Probe.@Nullable Get get() {
      return path == null ? null : new Probe.Get(path, host, statuses);
    }
  }

  /** Notified of each change, and once after the first check. */
  public interface Observer {
    /**
     * The upstream went up or down, or is down for a different reason than before.
     *
     * @param reason why it is down, or empty
     */
    void changed(Upstream upstream, boolean up, String reason);

    /**
     * Its name resolves to other addresses than before; connections to the former ones are
     * obsolete.
     */
    default void moved(Upstream upstream) {}
  }

  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

  /** Factor by which checks are more frequent while a change is being confirmed. */
  private static final int FASTER = 4;

  /** Least pause: many connections may be lost at once, but trigger only one check. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(20);

  /**
   * Pause while connections are refused. A refusal costs some 50 µs on either side, and an upstream
   * that is back should be announced within half a second.
   */
  private static final Duration REFUSED_PAUSE = Duration.ofMillis(150);

  /** Least pause between reports of a changed reason for being down: each is a log line. */
  private static final Duration LEAST_TELL_PAUSE = Duration.ofSeconds(5);

  /**
   * Floor for dials, which depend only on the upstream's own process; that answers at once unless
   * it hangs. With two checks, a hang is noticed within a second and a half.
   */
  private static final Duration DIAL_FLOOR = Duration.ofMillis(750);

  /**
   * Floor for answers, which may depend on a database. It is higher after a TLS handshake, which
   * has shown that the upstream's own process is alive.
   */
  private static final Duration ANSWER_FLOOR_AFTER_TLS = Duration.ofSeconds(2);

  private final Upstream upstream;
  private final Connector connector;
  private final EventLoop loop;
  private final ScheduledExecutorService scheduler;
  private final Observer observer;
  private final @Nullable Lookup lookup; // null: configured by address
  private final CompletableFuture<Boolean> firstResult = new CompletableFuture<>();
  private final AtomicBoolean doubtQueued = new AtomicBoolean();
  private volatile boolean closed;
  private volatile String reason = "not checked yet";
  private volatile @Nullable String address;

  // Replaced on the checking thread.
  private volatile Settings settings;
  private volatile Probe.@Nullable Get get;

  // Confined to the checking thread.
  private final Hysteresis state;
  private final UsualDuration usualDial = new UsualDuration(DIAL_FLOOR);
  private final UsualDuration usualAnswer;
  private @Nullable ScheduledFuture<?> next;
  private @Nullable Attempt running; // never a doubted one

  /**
   * Whether a check was given up because its name moved. Until one has ended by itself no other is:
   * a name whose answers differ each second would never be checked.
   */
  private boolean isGivenUp;

  private boolean isDue;
  private long begun = System.nanoTime();
  private String toldReason = "";
  private @Nullable String toldAddress;
  private long toldAt = begun;

  /**
   * Creates a check, not started yet.
   *
   * @param loop event loop on which the checks dial; should be one without traffic
   * @param scheduler single-threaded; must discard tasks after its shutdown
   */
  public HealthCheck(
      Upstream upstream,
      Connector connector,
      EventLoop loop,
      ScheduledExecutorService scheduler,
      Settings settings,
      Observer observer) {
    this(upstream, connector, loop, scheduler, settings, Lookups.PROCESS, observer);
  }

  HealthCheck(
      Upstream upstream,
      Connector connector,
      EventLoop loop,
      ScheduledExecutorService scheduler,
      Settings settings,
      Lookups lookups,
      Observer observer) {
    this.upstream = upstream;
    this.connector = connector;
    this.loop = loop;
    this.scheduler = scheduler;
    this.settings = settings;
    this.get = settings.get();
    this.usualAnswer =
        new UsualDuration(upstream.settings().tls() == null ? DIAL_FLOOR : ANSWER_FLOOR_AFTER_TLS);
    this.state =
        new Hysteresis(settings.rise(), settings.fall(), settings.damping(), System::nanoTime);
    this.lookup = upstream.isName() ? new Lookup(upstream, lookups, scheduler, this::moved) : null;
    this.observer = observer;
  }

  /** Begins to check, and to observe the upstream's traffic. */
  public void start() {
    upstream.tellTo(
        new Upstream.Signals() {
          @Override
          public void refused(String why) {
            if (upstream.isUp()) {
              scheduler.execute(() -> nobodyListens(why));
            }
          }

          @Override
          public void doubted() {
            if (upstream.isUp() && doubtQueued.compareAndSet(false, true)) {
              scheduler.execute(HealthCheck.this::checkSoon);
            }
          }
        });
    scheduler.execute(() -> {
      if (lookup != null) {
        lookup.start();
      }
      check();
    });
  }

  public boolean isUp() {
    return upstream.isUp();
  }

  /**
   * Changes the settings from the next check on; what is known is kept. Must be called on the
   * checking thread.
   */
  public void use(Settings next) {
    if (next.equals(settings)) {
      return;
    }
    settings = next;
    get = next.get();
    state.use(next.rise(), next.fall(), next.damping());
    if (running == null && firstResult.isDone()) {
      checkIn(Duration.ZERO);
    }
  }

  /**
   * Sets whether flapping holds the upstream back; it should not if nobody else would serve its
   * requests in the meantime. Must be called on the checking thread.
   */
  public void damp(boolean damps) {
    state.damp(damps);
  }

  /** Returns why it is down; empty while it is up. For any thread. */
  public String reason() {
    return reason;
  }

  /**
   * Returns the address that the last check connected to; null if it could not connect. For any
   * thread.
   */
  public @Nullable String address() {
    return address;
  }

  /** Completes with the result of the first check, after the observer has been called. */
  public CompletableFuture<Boolean> firstResult() {
    return firstResult;
  }

  // ---- one check

  private void check() {
    if (closed || running != null) {
      return;
    }
    var attempt = new Attempt();
    running = attempt;
    begun = System.nanoTime();
    if (lookup != null && !state.isUp()) {
      lookup.hurry();
    }
    if (lookup != null && upstream.addresses().isEmpty()) {
      lookup.awaitAddress(() -> probe(attempt), why -> ended(attempt, noAddress(why)));
    } else {
      probe(attempt); // a lookup that finds other addresses brings the next check forward
    }
  }

  private static Probe.Outcome noAddress(String why) {
    return new Probe.Outcome(Probe.Result.FAILED, why, null, null, 0, null);
  }

  private void probe(Attempt attempt) {
    // An upstream that is down may be slow for a while, and its usual time can only be learned by
    // waiting.
    Duration all = settings.timeout();
    var limits =
        state.isUp()
            ? new Probe.Limits(usualDial.limit(all), usualAnswer.limit(all), all)
            : new Probe.Limits(all, all, all);
    try {
      loop.execute(() -> {
        if (!attempt.doubted) {
          Probe.start(loop, connector, upstream, get, limits, attempt);
        }
      });
    } catch (OutOfMemoryError e) { // no thread for the loop, which keeps the task nevertheless
      doubted(attempt, "no thread for the check: " + e.getMessage());
    }
  }

  /** Observer of one check: passes the event loop's calls on to the checking thread. */
  private final class Attempt implements Probe.Observer {
    private volatile boolean doubted; // set by the checking thread

    @Override
    public void doubted(String why) {
      scheduler.execute(() -> HealthCheck.this.doubted(this, why));
    }

    @Override
    public void done(Probe.Outcome outcome) {
      scheduler.execute(() -> ended(this, outcome));
    }
  }

  private void doubted(Attempt attempt, String why) {
    if (closed || running != attempt) {
      return;
    }
    attempt.doubted = true;
    running = null;
    apply(Probe.Result.FAILED, why);
    checkIn(isDueNow() || state.isUp() ? Duration.ZERO : pause(Probe.Result.FAILED));
    firstResult.complete(state.isUp());
  }

  /** Returns whether the name moved while a check ran that was left to its end, which is now. */
  private boolean isDueNow() {
    boolean due = isDue;
    isDue = false;
    isGivenUp = false;
    return due;
  }

  private void ended(Attempt attempt, Probe.Outcome outcome) {
    if (closed) { // after the result was queued
      return;
    }
    if (outcome.result() == Probe.Result.SUCCEEDED) {
      learn(outcome);
    }
    if (attempt.doubted) {
      endedLate(outcome);
      return;
    }
    running = null;
    address = outcome.address();
    apply(outcome.result(), outcome.reason());
    tellAddress();
    checkIn(isDueNow() ? Duration.ZERO : pause(outcome.result()));
    firstResult.complete(state.isUp());
  }

  /**
   * Handles the end of a doubted check. Its failure was already counted; an answer proves that the
   * upstream is alive.
   */
  private void endedLate(Probe.Outcome outcome) {
    if (outcome.result() != Probe.Result.SUCCEEDED) {
      return;
    }
    if (state.isUp()) {
      state.record(true);
      address = outcome.address();
      tellAddress();
    } else if (running == null) {
      checkIn(Duration.ZERO);
    }
  }

  private void learn(Probe.Outcome outcome) {
    if (outcome.dialled() != null) {
      usualDial.add(outcome.dialled());
    }
    if (outcome.answered() != null) {
      usualAnswer.add(outcome.answered());
    }
  }

  private void apply(Probe.Result result, String why) {
    boolean succeeded =
        result == Probe.Result.SUCCEEDED || (result == Probe.Result.UNKNOWN && state.isUp());
    boolean changed = result == Probe.Result.REFUSED ? state.fail() : state.record(succeeded);
    if (changed) {
      tell(why);
    } else if (!state.isUp()) {
      stillDown(succeeded ? state.heldBack() : why);
    }
  }

  private Duration pause(Probe.Result result) {
    Duration interval = settings.interval();
    if (!state.isUp() && result == Probe.Result.REFUSED) {
      return min(interval, REFUSED_PAUSE);
    }
    if (!state.wavers()) {
      return interval;
    }
    Duration faster = interval.dividedBy(FASTER);
    Duration left = state.holdLeft();
    return left.isZero() ? faster : min(faster, left);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void checkIn(Duration pause) {
    if (next != null) {
      next.cancel(false);
    }
    next = scheduler.schedule(this::check, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Checks the new addresses now; a check of the former ones no longer counts as a failure. */
  private void moved() {
    observer.moved(upstream);
    if (running != null && isGivenUp) {
      isDue = true;
      return;
    }
    if (running != null) {
      isGivenUp = true;
      running.doubted = true;
      running = null;
    }
    checkIn(Duration.ZERO);
  }

  // ---- what traffic meets

  private void nobodyListens(String why) {
    if (!closed && state.isUp() && state.fail()) {
      address = null;
      tell(why);
      if (running == null) {
        checkIn(pause(Probe.Result.REFUSED));
      }
    }
  }

  private void checkSoon() {
    doubtQueued.set(false);
    if (closed || running != null || !state.isUp()) {
      return;
    }
    Duration passed = Duration.ofNanos(System.nanoTime() - begun);
    checkIn(passed.compareTo(LEAST_PAUSE) >= 0 ? Duration.ZERO : LEAST_PAUSE.minus(passed));
  }

  // ---- telling

  private void stillDown(String why) {
    if (why.isEmpty()) {
      return; // it is rising, and still down for the same reason
    }
    reason = why;
    boolean paced = System.nanoTime() - toldAt < LEAST_TELL_PAUSE.toNanos();
    if (!paced && !why.equals(toldReason)) {
      tell(why);
    }
  }

  private void tell(String why) {
    boolean up = state.isUp();
    reason = up ? "" : why;
    toldReason = reason;
    toldAt = System.nanoTime();
    if (!up) {
      toldAddress = null;
    }
    upstream.setUp(up);
    observer.changed(upstream, up, reason);
  }

  /**
   * Logs when another address of a name answers than before; the first one is reported when the
   * upstream comes up.
   */
  private void tellAddress() {
    String now = address;
    if (!state.isUp() || now == null || now.equals(toldAddress)) {
      return;
    }
    if (toldAddress != null) {
      LOG.atInfo()
          .addKeyValue("upstream", upstream)
          .addKeyValue("address", now)
          .addKeyValue("failed", upstream.failures())
          .log("upstream answers at another address");
    }
    toldAddress = now;
  }

  /** Stops the checks, without waiting for a running one, whose result is not reported. */
  @Override
  public void close() {
    closed = true;
    if (lookup != null) {
      lookup.close();
    }
  }
}
