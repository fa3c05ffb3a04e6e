package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementChanges;
import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.AnnouncementReader;
import io.harborgateway.announce.RegistrarAnnouncements;
import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.WantedRoutes;
import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RegistrationMeters;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The announcing of what the configuration has routes for; nothing where none is configured.
 *
 * <p>Changed by one thread at a time: {@link #apply}, {@link #connect}, {@link #start}, {@link
 * #onOthersChanged}, {@link #close}. All else is safe for use by any thread.
 */
public final class Announcements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);
  private static final String NOT_CONFIGURED = "not in the configuration any more";

  private final Meters meters;
  private final NodeEvents events;
  private @Nullable NodeIdentity identity;
  private Runnable othersChanged = () -> {};
  private boolean connected;
  private boolean started;

  /** What holds for all that leads to no listener of the gateway. */
  private volatile Verdict elsewhere = Verdict.open();

  private volatile @Nullable Active active;

  /**
   * What is announced, by whom.
   *
   * @param listeners all that the configuration has
   * @param tcp null: there is no routing API
   * @param registrar null: there is no such file
   */
  private record Active(
      AnnouncementPlan plan,
      List<ListenerConfig> listeners,
      WantedRoutes routes,
      Announcer announcer,
      @Nullable RoutingApiAnnouncer tcp,
      @Nullable RegistrarAnnouncements registrar) {}

  /**
   * @param events told of the routes and of NATS
   * @throws IOException when this node's address can't be found
   */
  Announcements(Snapshot snapshot, Meters meters, NodeEvents events) throws IOException {
    this.meters = meters;
    this.events = events;
    change(snapshot);
  }

  /**
   * Announces what the snapshot has routes for from now on. New routes are held until {@link
   * #update}; what stays the same is said nothing about; what goes is withdrawn. May wait some
   * seconds for health scripts to end. Where the section {@code registration} is new, and this
   * node's address can't be found, nothing is announced, and that is logged.
   */
  void apply(Snapshot next) {
    try {
      change(next);
    } catch (IOException e) {
      LOG.error("nothing is announced: {}", e.getMessage());
    }
  }

  private void change(Snapshot next) throws IOException {
    AnnouncementPlan plan = next.announcing();
    Active former = active;
    if (plan == null) {
      active = null;
      if (former != null) {
        retire(former);
      }
      return;
    }
    NodeIdentity origin = identity(next);
    identity = origin;
    List<ListenerConfig> listeners = next.config().listeners();
    WantedRoutes routes = wanted(plan, next, origin);
    RoutingApiAnnouncer tcp = tcp(former, plan, routes);
    Announcer announcer = announcer(former, plan, routes, origin);
    active =
        new Active(
            plan,
            listeners,
            routes,
            announcer,
            tcp,
            registrar(former, plan, listeners, origin, announcer, tcp));
    if (former != null && former.tcp != null && tcp == null) {
      former.tcp.retire(NOT_CONFIGURED);
    }
  }

  private static WantedRoutes wanted(AnnouncementPlan plan, Snapshot next, NodeIdentity origin) {
    return WantedRoutes.of(
        plan.registration(), next.config().listeners(), next.routes().instances(), origin);
  }

  /** The same for the life of the process. */
  private NodeIdentity identity(Snapshot next) throws IOException {
    if (identity != null) {
      return identity;
    }
    var node = next.config().node();
    return NodeIdentity.starting(NodeAddress.of(node), node.availabilityZone());
  }

  private static void retire(Active former) {
    if (former.registrar != null) {
      former.registrar.retire(NOT_CONFIGURED);
    }
    if (former.tcp != null) {
      former.tcp.retire(NOT_CONFIGURED);
    }
    former.announcer.retire(NOT_CONFIGURED);
  }

  private Announcer announcer(
      @Nullable Active former, AnnouncementPlan plan, WantedRoutes routes, NodeIdentity origin) {
    if (former != null) {
      tellChanges(former.announcer, former.routes.http(), routes.http());
      former.announcer.reconfigure(plan.registration());
      return former.announcer;
    }
    var announcer =
        new Announcer(
            plan.registration(), origin, routes.http().values(), countedBy(meters), events);
    announcer.onOthersChanged(() -> othersChanged.run());
    for (RouteState state : RouteState.values()) {
      meters.gauge(
          "registration.routes",
          () -> announcer.count(state),
          "state",
          state.name().toLowerCase(Locale.ROOT));
    }
    if (connected) {
      announcer.start();
    }
    return announcer;
  }

  private @Nullable RoutingApiAnnouncer tcp(
      @Nullable Active former, AnnouncementPlan plan, WantedRoutes routes) {
    RoutingApiAccess access = plan.routingApi();
    if (access == null) {
      return null;
    }
    if (former != null && former.tcp != null) {
      tellChanges(former.tcp, former.routes.tcp(), routes.tcp());
      former.tcp.reconfigure(access);
      return former.tcp;
    }
    var tcp = new RoutingApiAnnouncer(access, routes.tcp().values(), events);
    if (started) {
      tcp.start();
    }
    return tcp;
  }

  /** New names come before old ones go. */
  private static <R> void tellChanges(
      RouteAnnouncer<R, ?> announcer, Map<String, R> before, Map<String, R> now) {
    now.forEach((id, route) -> {
      R former = before.get(id);
      if (former == null) {
        announcer.add(route);
      } else if (!former.equals(route)) {
        announcer.replace(route);
      }
    });
    before.keySet().stream()
        .filter(id -> !now.containsKey(id))
        .forEach(id -> announcer.remove(id, NOT_CONFIGURED));
  }

  private @Nullable RegistrarAnnouncements registrar(
      @Nullable Active former,
      AnnouncementPlan plan,
      List<ListenerConfig> listeners,
      NodeIdentity origin,
      Announcer announcer,
      @Nullable RoutingApiAnnouncer tcp) {
    RegistrarSettings settings = plan.registrar();
    RegistrarAnnouncements before = former == null ? null : former.registrar;
    if (settings == null) {
      if (before != null) {
        before.retire(NOT_CONFIGURED);
      }
      return null;
    }
    var messages =
        new RegistrarMessages(settings, origin, AnnouncementReader.http1Ports(listeners));
    var environment =
        ScriptEnvironment.of(System.getenv(), plan.registration().scriptEnvironment());
    List<Integer> ports = listeners.stream().map(ListenerConfig::port).toList();
    if (former != null && before != null) {
      if (!isSame(former, plan, listeners, tcp)) {
        before.reconfigure(settings, messages, environment, tcp, ports);
      }
      return before;
    }
    var registrar =
        new RegistrarAnnouncements(settings, messages, environment, announcer, tcp, ports);
    registrar.updateAll(elsewhere);
    if (started) {
      registrar.start();
    }
    return registrar;
  }

  /** Returns whether the same comes of route_registrar's files. */
  private static boolean isSame(
      Active former,
      AnnouncementPlan plan,
      List<ListenerConfig> listeners,
      @Nullable RoutingApiAnnouncer tcp) {
    RegistrarSettings before = former.plan.registrar();
    RegistrarSettings now = plan.registrar();
    return before != null
        && now != null
        && before.hasSameRoutes(now)
        && former.tcp == tcp
        && ports(former.listeners).equals(ports(listeners))
        && AnnouncementReader.http1Ports(former.listeners)
            .equals(AnnouncementReader.http1Ports(listeners))
        && Objects.equals(
            former.plan.registration().scriptEnvironment(),
            plan.registration().scriptEnvironment());
  }

  private static List<Integer> ports(List<ListenerConfig> listeners) {
    return listeners.stream().map(ListenerConfig::port).sorted().toList();
  }

  /** Returns what {@link #apply} would change, as human-readable lines; changes nothing. */
  List<String> plannedChanges(Snapshot next) {
    AnnouncementPlan plan = next.announcing();
    Active now = active;
    if (plan == null) {
      return now == null ? List.of() : List.of("registration: ends, every route is withdrawn");
    }
    WantedRoutes routes;
    try {
      routes = wanted(plan, next, identity(next));
    } catch (IOException e) {
      return List.of("registration: " + e.getMessage());
    }
    if (now == null) {
      int count = routes.http().size() + routes.tcp().size();
      return List.of("registration: begins, with %d routes".formatted(count));
    }
    return AnnouncementChanges.between(now.plan, now.routes, plan, routes);
  }

  public static RegistrationMeters countedBy(Meters meters) {
    return new RegistrationMeters() {
      @Override
      public void published(String subject) {
        meters.published(subject);
      }

      @Override
      public void publishFailed() {
        meters.publishFailed();
      }

      @Override
      public void connected(boolean connected) {
        meters.natsConnected(connected);
      }
    };
  }

  /** Begins to look for NATS; announces nothing. Returns at once. */
  void connect() {
    connected = true;
    Active now = active;
    if (now != null) {
      now.announcer.start();
    }
  }

  /** Begins to announce what leads to no listener of the gateway. After {@link #connect}. */
  void start() {
    started = true;
    Active now = active;
    if (now != null && now.tcp != null) {
      now.tcp.start();
    }
    if (now != null && now.registrar != null) {
      now.registrar.start();
    }
  }

  /** Announces the instance's route on this port, or withdraws it; nothing if it has none. */
  void update(ListenerConfig port, Instance instance, Verdict verdict) {
    String id = WantedRoutes.id(port.name(), instance);
    Active now = active;
    if (now != null && now.routes.http().containsKey(id)) {
      update(now.announcer, id, verdict);
    }
  }

  private static void update(RouteAnnouncer<?, ?> announcer, String id, Verdict verdict) {
    switch (verdict) {
      case Verdict.Open() -> announcer.announce(id);
      case Verdict.Held(String reason) -> announcer.withdraw(id, reason);
    }
  }

  /**
   * Announces the instance's route on this port although its upstream is down; nothing if it has
   * none.
   *
   * @param reason human-readable
   */
  void keep(ListenerConfig port, Instance instance, String reason) {
    String id = WantedRoutes.id(port.name(), instance);
    Active now = active;
    if (now != null && now.routes.http().containsKey(id)) {
      now.announcer.keep(id, reason);
    }
  }

  /**
   * Returns whether another endpoint announces the instance's names, for a route that is announced
   * on this port; another one also where there is no such route. Never waits.
   */
  Presence others(ListenerConfig port, Instance instance) {
    Active now = active;
    return now == null
        ? Presence.ANOTHER
        : now.announcer.presence(WantedRoutes.id(port.name(), instance));
  }

  /** Returns whether other nodes announce what files have routes to this port for. Never waits. */
  Presence others(ListenerConfig port) {
    Active now = active;
    return now == null || now.registrar == null
        ? Presence.ANOTHER
        : now.registrar.others(port.port());
  }

  /**
   * Announces the routes of files to this port although its upstream is down, and withdraws what
   * else leads to the whole port.
   *
   * @param verdict what would hold it back
   */
  void keep(ListenerConfig port, Verdict verdict) {
    Active now = active;
    updateTcp(now, port, verdict);
    if (now != null && now.registrar != null) {
      now.registrar.keep(port.port(), verdict);
    }
  }

  private static void updateTcp(@Nullable Active now, ListenerConfig port, Verdict verdict) {
    if (now != null && now.tcp != null) {
      for (String id : now.routes.tcpByListener().getOrDefault(port.name(), List.of())) {
        update(now.tcp, id, verdict);
      }
    }
  }

  /** Has a task run whenever {@link #others} may have changed; by another thread, quick. */
  void onOthersChanged(Runnable task) {
    othersChanged = task;
  }

  /** Announces what leads to the whole port, or withdraws it. */
  void update(ListenerConfig port, Verdict verdict) {
    Active now = active;
    updateTcp(now, port, verdict);
    if (now != null && now.registrar != null) {
      now.registrar.update(port.port(), verdict);
    }
  }

  /** Whether routers are being told that a route they know is not there any more. */
  boolean isWithdrawing() {
    Active now = active;
    return now != null && now.announcer.count(RouteState.WITHDRAWING) > 0;
  }

  /** Whether anything is announced at all. */
  boolean isOn() {
    return active != null;
  }

  /** Whether instances are announced on this port at all. */
  boolean hasRoutes(ListenerConfig port) {
    Active now = active;
    return now != null && now.routes.listeners().contains(port.name());
  }

  /** Withdraws everything until {@link #resume}; waits for NATS and the routing API a little. */
  void withdrawAll(String reason) {
    elsewhere = Verdict.held(reason);
    Active now = active;
    if (now == null) {
      return;
    }
    if (now.registrar != null) {
      now.registrar.updateAll(elsewhere);
    }
    now.announcer.withdrawAll(reason, FLUSH_TIMEOUT);
    if (now.tcp != null) {
      now.tcp.withdrawAll(reason, FLUSH_TIMEOUT);
    }
  }

  /** Announces again what leads to no listener of the gateway; {@code update} does the rest. */
  void resume() {
    elsewhere = Verdict.open();
    Active now = active;
    if (now != null && now.registrar != null) {
      now.registrar.updateAll(elsewhere);
    }
  }

  /** Returns how the routes of TCP routers stand, or null where there are none. */
  @Nullable RoutingApiStatus tcpStatus() {
    Active now = active;
    return now == null || now.tcp == null ? null : now.tcp.status();
  }

  /** Returns how it stands, or null where nothing is announced. */
  @Nullable AnnouncerStatus status() {
    Active now = active;
    return now == null ? null : now.announcer.status();
  }

  @Override
  public void close() {
    Active now = active;
    if (now == null) {
      return;
    }
    if (now.registrar != null) {
      now.registrar.close();
    }
    if (now.tcp != null) {
      now.tcp.close();
    }
    now.announcer.close();
  }
}
