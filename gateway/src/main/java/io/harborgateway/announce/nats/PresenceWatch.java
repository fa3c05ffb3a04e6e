package io.harborgateway.announce.nats;

import io.harborgateway.announce.state.Presence;
import io.harborgateway.pace.PacedLine;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Listens to what other nodes announce, to know whether a route of this gateway is served
 * elsewhere.
 *
 * <p>Confined to the control thread of its {@link Announcer}, except for {@link #presence} and for
 * {@link #add}, which any thread may call.
 */
final class PresenceWatch {
  /**
   * Pause between reads of what others announce: waking a thread for each message would cost
   * several times as much as processing them in batches.
   */
  private static final Duration PAUSE = Duration.ofMillis(250);

  /**
   * The pause for a while after a withdrawal: another node may withdraw for the same cause, and
   * routers answer 404 until one of the two hears that nobody is left.
   */
  private static final Duration ATTENTIVE_PAUSE = Duration.ofMillis(10);

  private static final Duration ATTENTIVE_TIME = Duration.ofSeconds(5);

  /** Number of the longer pauses between two checks for silent endpoints. */
  private static final int SILENCE_TICKS = 4;

  /**
   * Percentage of an interval after which every node with the same interval has announced, even a
   * late one.
   */
  private static final int SETTLED_PERCENT = 125;

  private static final Logger LOG = LoggerFactory.getLogger(PresenceWatch.class);

  private final CurrentBus bus;
  private final PacedTask.Scheduler scheduler;
  private final Supplier<Duration> interval;
  private final Consumer<Set<String>> newcomers;
  private final OtherNodes others = new OtherNodes(System::nanoTime);
  private final PacedLine unreadable = new PacedLine(LOG, Level.WARN);
  private Runnable changed = () -> {};
  private @Nullable Long listeningSince; // by System.nanoTime; null while NATS is away
  private boolean started;
  private boolean deaf;
  private int ticks;
  private boolean attentive;
  private long withdrawnAt; // by System.nanoTime

  /**
   * Whether others were listened to for long enough that each has announced. What was heard
   * survives a lost connection.
   */
  private boolean settled;

  /** Settled, and NATS is connected. */
  private volatile boolean knowing;

  /**
   * @param scheduler runs tasks on the control thread
   * @param interval interval at which this gateway announces its routes
   * @param newcomers receives the names, in lower case, that a newly known endpoint announces
   */
  PresenceWatch(
      CurrentBus bus,
      PacedTask.Scheduler scheduler,
      Supplier<Duration> interval,
      Consumer<Set<String>> newcomers) {
    this.bus = bus;
    this.scheduler = scheduler;
    this.interval = interval;
    this.newcomers = newcomers;
  }

  /** Runs a task whenever {@link #presence} may have changed. Must be called before the start. */
  void onChange(Runnable task) {
    changed = task;
  }

  /** Begins to listen unless already listening. On the control thread. */
  void start() {
    if (!started) {
      started = true;
      scheduler.later(this::listen, PAUSE);
    }
  }

  /** Adds a route of this gateway: its names are listened for. */
  void add(RegistryMessage route) {
    others.add(route);
  }

  /** Removes a route for good. */
  void remove(RegistryMessage route) {
    others.remove(route);
  }

  /** Replaces a route. */
  void replace(TrackedRoute route, RegistryMessage former, RegistryMessage next) {
    others.replace(former, next, route.isCounted());
  }

  /** Returns whether another endpoint serves all names of the route. Never waits. */
  Presence presence(TrackedRoute route) {
    if (bus.isDeaf() || others.serve(route.names(), route.isCounted())) {
      return Presence.ANOTHER;
    }
    return knowing ? Presence.NOBODY : Presence.UNKNOWN;
  }

  /** Records that the state of a route has changed. */
  void moved(TrackedRoute route) {
    if (route.serves() != route.isCounted()) {
      route.count(route.serves());
      others.count(route.names(), route.serves());
    }
  }

  /** Connected to NATS, for the first time or again. */
  void connected() {
    others.resume();
    listenSince(bus.isListening() ? System.nanoTime() : null);
  }

  /**
   * A route of this gateway is being withdrawn: from now on it must be noticed at once who is left.
   */
  void withdrawn() {
    withdrawnAt = System.nanoTime();
    if (!attentive) {
      listenAttentively();
    }
  }

  private void listen() {
    try {
      take(++ticks % SILENCE_TICKS == 0);
    } finally {
      scheduler.later(this::listen, PAUSE);
    }
  }

  private void listenAttentively() {
    attentive = System.nanoTime() - withdrawnAt < ATTENTIVE_TIME.toNanos();
    if (attentive) {
      scheduler.later(this::listenAttentively, ATTENTIVE_PAUSE);
    }
    take(false);
  }

  /**
   * Processes what others have said since the last call.
   *
   * @param forget whether to forget silent endpoints
   */
  private void take(boolean forget) {
    boolean knew = knowing;
    boolean wasDeaf = deaf;
    boolean listening = bus.isListening();
    if (listening) {
      bus.readAnnouncements(this::heard);
    }
    deaf = bus.isDeaf();
    settled &= !deaf;
    if (deaf || !listening) {
      listenSince(null);
    } else if (wasDeaf) {
      listenSince(System.nanoTime());
    } else if (listeningSince != null) {
      settled |=
          System.nanoTime() - listeningSince > interval.get().toNanos() / 100 * SETTLED_PERCENT;
      listenSince(listeningSince);
    }
    boolean othersChanged = others.hasChanged(forget);
    if (othersChanged || knowing != knew || deaf != wasDeaf) {
      changed.run();
    }
    Set<String> met = others.newcomers();
    if (!met.isEmpty()) {
      newcomers.accept(met);
    }
  }

  private void listenSince(@Nullable Long since) {
    listeningSince = since;
    knowing = settled && since != null;
  }

  private void heard(String subject, byte[] message) {
    try {
      others.heard(subject.equals(TrackedRoute.REGISTER), message, interval.get());
    } catch (IllegalArgumentException e) {
      unreadable.log("A message on %s is passed over: %s".formatted(subject, e.getMessage()));
    }
  }
}
