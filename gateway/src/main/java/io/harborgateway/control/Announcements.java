package io.harborgateway.control;

import io.harborgateway.announce.RegistrarAnnouncements;
import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.WantedRoutes;
import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.nats.FormerRoutes;
import io.harborgateway.announce.nats.InheritedRoute;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.announce.routingapi.RoutingApiStatus;
import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the configuration's routes; does nothing if none are configured.
 *
 * <p>{@link #apply}, {@link #connect}, {@link #start}, {@link #onOthersChanged} and {@link #close}
 * may be called by one thread at a time. Everything else is thread-safe.
 */
public final class Announcements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  /** For the proofs of certificates, and route_registrar's health scripts. */
  private static final Duration READY_LIMIT = Duration.ofSeconds(5);

  private static final Duration READY_PAUSE = Duration.ofMillis(5);

  private final UUID process;
  private final AnnouncerFactory factory;
  private Runnable othersChanged = () -> {};
  private boolean connected;
  private boolean started;

  /** The verdict on all routes that lead to no listener of the gateway. */
  private volatile Verdict elsewhere = Verdict.open();

  private volatile @Nullable Announcers active;

  /**
   * @param process the id by which routers know this process
   * @param events notified about the routes and NATS
   * @throws IOException if this node's address can't be determined
   */
  Announcements(UUID process, Snapshot snapshot, Meters meters, NodeEvents events)
      throws IOException {
    this.process = process;
    this.factory = new AnnouncerFactory(process, meters, events, () -> othersChanged.run());
    change(snapshot);
  }

  /**
   * Switches to the routes of the snapshot. New routes are held until {@link #update}, unchanged
   * ones are left alone, and removed ones are withdrawn. May wait a few seconds for health scripts
   * to end. If the section {@code registration} is new and this node's address can't be determined,
   * nothing is announced, which is logged.
   */
  void apply(Snapshot next) {
    try {
      change(next);
    } catch (IOException e) {
      LOG.error("nothing is announced: {}", e.getMessage());
    }
  }

  private void change(Snapshot next) throws IOException {
    Announcers former = active;
    Announcers now = factory.next(former, next);
    active = now;
    if (now != null) {
      begin(former, now);
    }
  }

  /** Brings new announcers to the point that the others have reached. */
  private void begin(@Nullable Announcers former, Announcers now) {
    if (connected && former == null) {
      now.announcer().start();
    }
    RoutingApiAnnouncer tcp = now.tcp();
    if (started && tcp != null && (former == null || former.tcp() != tcp)) {
      tcp.start();
    }
    RegistrarAnnouncements registrar = now.registrar();
    if (registrar != null && (former == null || former.registrar() != registrar)) {
      registrar.updateAll(elsewhere);
      if (started) {
        registrar.start();
      }
    }
  }

  /** Returns what {@link #apply} would change, as human-readable lines; changes nothing. */
  List<String> plannedChanges(Snapshot next) {
    return factory.plannedChanges(active, next);
  }

  /** Begins to connect to NATS; announces nothing. Returns at once. */
  void connect() {
    connected = true;
    Announcers now = active;
    if (now != null) {
      now.announcer().start();
    }
  }

  /** Begins to announce routes that lead to no listener of the gateway. After {@link #connect}. */
  void start() {
    started = true;
    Announcers now = active;
    if (now != null && now.tcp() != null) {
      now.tcp().start();
    }
    if (now != null && now.registrar() != null) {
      now.registrar().start();
    }
  }

  /** Announces or withdraws the instance's route on this port; does nothing if it has none. */
  void update(ListenerConfig port, Instance instance, Verdict verdict) {
    String id = WantedRoutes.id(port.name(), instance);
    Announcers now = active;
    if (now != null && now.routes().http().containsKey(id)) {
      update(now.announcer(), id, verdict);
    }
  }

  private static void update(RouteAnnouncer<?, ?> announcer, String id, Verdict verdict) {
    switch (verdict) {
      case Verdict.Open() -> announcer.announce(id);
      case Verdict.Held(String reason) -> announcer.withdraw(id, reason);
    }
  }

  /**
   * Announces the instance's route on this port although its upstream is down; does nothing if it
   * has none.
   *
   * @param reason human-readable
   */
  void keep(ListenerConfig port, Instance instance, String reason) {
    String id = WantedRoutes.id(port.name(), instance);
    Announcers now = active;
    if (now != null && now.routes().http().containsKey(id)) {
      now.announcer().keep(id, reason);
    }
  }

  /**
   * Returns whether another endpoint announces the names of the instance's route on this port;
   * {@code ANOTHER} also if there is no such route. Never waits.
   */
  Presence others(ListenerConfig port, Instance instance) {
    Announcers now = active;
    return now == null
        ? Presence.ANOTHER
        : now.announcer().presence(WantedRoutes.id(port.name(), instance));
  }

  /**
   * Returns whether other nodes announce the names of route_registrar's routes to this port. Never
   * waits.
   */
  Presence others(ListenerConfig port) {
    Announcers now = active;
    return now == null || now.registrar() == null
        ? Presence.ANOTHER
        : now.registrar().others(port.port());
  }

  /**
   * Announces route_registrar's routes to this port although its upstream is down, and withdraws
   * other routes to the whole port.
   *
   * @param verdict the verdict that would otherwise hold it back
   */
  void keep(ListenerConfig port, Verdict verdict) {
    Announcers now = active;
    updateTcp(now, port, verdict);
    if (now != null && now.registrar() != null) {
      now.registrar().keep(port.port(), verdict);
    }
  }

  private static void updateTcp(@Nullable Announcers now, ListenerConfig port, Verdict verdict) {
    if (now != null && now.tcp() != null) {
      for (String id : now.routes().tcpByListener().getOrDefault(port.name(), List.of())) {
        update(now.tcp(), id, verdict);
      }
    }
  }

  /**
   * Runs a task, which must be quick, on another thread whenever {@link #others} may have changed.
   */
  void onOthersChanged(Runnable task) {
    othersChanged = task;
  }

  /** Announces or withdraws the routes that lead to the whole port. */
  void update(ListenerConfig port, Verdict verdict) {
    Announcers now = active;
    updateTcp(now, port, verdict);
    if (now != null && now.registrar() != null) {
      now.registrar().update(port.port(), verdict);
    }
  }

  // ---- one process speaks for a node

  /** Returns the id by which routers know this process. */
  UUID process() {
    return process;
  }

  /**
   * Says nothing any more; what routers know stays. Waits for at most a few seconds.
   *
   * @return the routes that routers may know
   * @throws TimeoutException if it is not certain that nothing more is said
   */
  List<InheritedRoute> mute() throws TimeoutException {
    Announcers now = active;
    if (now == null) {
      return List.of();
    }
    if (now.tcp() != null) {
      now.tcp().mute(true);
    }
    return now.announcer().mute(FLUSH_TIMEOUT);
  }

  /**
   * Tells routers which of the names that another process of this node has announced are gone, and
   * nothing else before {@link #unmute}. Waits for at most a few seconds.
   *
   * @return whether there are any
   */
  boolean part(List<InheritedRoute> announced) throws TimeoutException {
    Announcers now = active;
    return now != null && now.announcer().part(former(announced), FLUSH_TIMEOUT);
  }

  /**
   * Takes over what another process of this node has announced, after {@link #part} and before
   * {@link #unmute}. What this one is not about to announce within a few seconds is withdrawn.
   * Waits for as long.
   *
   * @return whether anything is
   */
  boolean inherit(List<InheritedRoute> announced) throws TimeoutException {
    Announcers now = active;
    if (now == null) {
      return false;
    }
    Announcer announcer = now.announcer();
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (announced.stream().anyMatch(route -> announcer.isHeld(route.id()))
        && System.nanoTime() < end) {
      LockSupport.parkNanos(READY_PAUSE.toNanos());
    }
    return announcer.inherit(former(announced), FLUSH_TIMEOUT);
  }

  private FormerRoutes former(List<InheritedRoute> announced) {
    Announcers now = active;
    boolean hasFiles = now != null && now.registrar() != null;
    return new FormerRoutes(announced, process, hasFiles ? RegistrarMessages::isId : id -> false);
  }

  /** Speaks again, for all routes as they are decided by now. */
  void unmute() {
    Announcers now = active;
    if (now == null) {
      return;
    }
    if (now.tcp() != null) {
      now.tcp().mute(false);
    }
    now.announcer().unmute();
  }

  /** Returns whether NATS has what was said so far; waits for at most twice the limit. */
  boolean flush(Duration limit) {
    Announcers now = active;
    return now == null || now.announcer().flush(limit);
  }

  /** Whether NATS is connected, or nothing is announced. */
  boolean isConnected() {
    AnnouncerStatus status = status();
    return status == null || status.nats().connected();
  }

  /** Whether routers are being told that a route they know is gone. */
  boolean isWithdrawing() {
    Announcers now = active;
    return now != null && now.announcer().count(RouteState.WITHDRAWING) > 0;
  }

  /** Whether anything is announced at all. */
  boolean isOn() {
    return active != null;
  }

  /** Whether instances are announced on this port at all. */
  boolean hasRoutes(ListenerConfig port) {
    Announcers now = active;
    return now != null && now.routes().listeners().contains(port.name());
  }

  /** Withdraws everything until {@link #resume}; waits briefly for NATS and the routing API. */
  void withdrawAll(String reason) {
    elsewhere = Verdict.held(reason);
    Announcers now = active;
    if (now == null) {
      return;
    }
    if (now.registrar() != null) {
      now.registrar().updateAll(elsewhere);
    }
    now.announcer().withdrawAll(reason, FLUSH_TIMEOUT);
    if (now.tcp() != null) {
      now.tcp().withdrawAll(reason, FLUSH_TIMEOUT);
    }
  }

  /**
   * Announces routes that lead to no listener of the gateway again; {@code update} does the rest.
   */
  void resume() {
    elsewhere = Verdict.open();
    Announcers now = active;
    if (now != null && now.registrar() != null) {
      now.registrar().updateAll(elsewhere);
    }
  }

  /** Returns the status of TCP routes, or null if there are none. */
  @Nullable RoutingApiStatus tcpStatus() {
    Announcers now = active;
    return now == null || now.tcp() == null ? null : now.tcp().status();
  }

  /** Returns the status, or null if nothing is announced. */
  @Nullable AnnouncerStatus status() {
    Announcers now = active;
    return now == null ? null : now.announcer().status();
  }

  @Override
  public void close() {
    Announcers now = active;
    if (now != null) {
      now.close();
    }
  }
}
