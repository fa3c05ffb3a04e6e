package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementChanges;
import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.AnnouncementReader;
import io.harborgateway.announce.RegistrarAnnouncements;
import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.WantedRoutes;
import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.lifecycle.NodeEvents;
import io.harborgateway.metrics.Meters;
import io.harborgateway.snapshot.Snapshot;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Creates the announcers for a snapshot's routes, reusing existing ones, which are told what has
 * changed. Confined to one thread at a time, except for {@link #plannedChanges}.
 */
final class AnnouncerFactory {
  private static final String NOT_CONFIGURED = "not in the configuration any more";

  private final Meters meters;
  private final NodeEvents events;
  private final Runnable othersChanged;
  private final UUID process;
  private volatile @Nullable NodeIdentity identity;

  /**
   * @param process the id by which routers know this process
   * @param events notified about the routes and NATS
   * @param othersChanged run whenever what others announce may have changed
   */
  AnnouncerFactory(UUID process, Meters meters, NodeEvents events, Runnable othersChanged) {
    this.process = process;
    this.meters = meters;
    this.events = events;
    this.othersChanged = othersChanged;
  }

  /**
   * Returns the announcers of the snapshot's routes; new ones are not started. Routes that the
   * snapshot no longer has are withdrawn. May wait a few seconds for health scripts to end.
   *
   * @param former null if nothing is announced yet
   * @return null if there is nothing to announce
   * @throws IOException if this node's address can't be determined; existing announcers stay
   */
  @Nullable Announcers next(@Nullable Announcers former, Snapshot next) throws IOException {
    AnnouncementPlan plan = next.announcing();
    if (plan == null) {
      if (former != null) {
        former.retire(NOT_CONFIGURED);
      }
      return null;
    }
    NodeIdentity origin = identity(next);
    identity = origin;
    List<ListenerConfig> listeners = next.config().listeners();
    WantedRoutes routes = wanted(plan, next, origin);
    RoutingApiAnnouncer tcp = tcp(former, plan, routes);
    Announcer announcer = announcer(former, plan, routes, origin);
    RegistrarAnnouncements registrar = registrar(former, plan, listeners, origin, announcer, tcp);
    if (former != null && former.tcp() != null && tcp == null) {
      former.tcp().retire(NOT_CONFIGURED);
    }
    return new Announcers(plan, listeners, routes, announcer, tcp, registrar);
  }

  private static WantedRoutes wanted(AnnouncementPlan plan, Snapshot next, NodeIdentity origin) {
    return WantedRoutes.of(
        plan.registration(), next.config().listeners(), next.routes().instances(), origin);
  }

  /** Returns the node's identity, which stays the same for the life of the process. */
  private NodeIdentity identity(Snapshot next) throws IOException {
    if (identity != null) {
      return identity;
    }
    var node = next.config().node();
    return new NodeIdentity(NodeAddress.of(node), process, node.availabilityZone());
  }

  private Announcer announcer(
      @Nullable Announcers former,
      AnnouncementPlan plan,
      WantedRoutes routes,
      NodeIdentity origin) {
    if (former != null) {
      tellChanges(former.announcer(), former.routes().http(), routes.http());
      former.announcer().reconfigure(plan.registration());
      return former.announcer();
    }
    var announcer =
        new Announcer(
            plan.registration(),
            origin,
            routes.http().values(),
            new MeteredRegistration(meters),
            events);
    announcer.onOthersChanged(othersChanged);
    for (RouteState state : RouteState.values()) {
      meters.gauge(
          "registration.routes",
          () -> announcer.count(state),
          "state",
          state.name().toLowerCase(Locale.ROOT));
    }
    return announcer;
  }

  private @Nullable RoutingApiAnnouncer tcp(
      @Nullable Announcers former, AnnouncementPlan plan, WantedRoutes routes) {
    RoutingApiAccess access = plan.routingApi();
    if (access == null) {
      return null;
    }
    if (former != null && former.tcp() != null) {
      tellChanges(former.tcp(), former.routes().tcp(), routes.tcp());
      former.tcp().reconfigure(access);
      return former.tcp();
    }
    return new RoutingApiAnnouncer(access, routes.tcp().values(), events);
  }

  /** Announces new names before withdrawing old ones. */
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
      @Nullable Announcers former,
      AnnouncementPlan plan,
      List<ListenerConfig> listeners,
      NodeIdentity origin,
      Announcer announcer,
      @Nullable RoutingApiAnnouncer tcp) {
    RegistrarSettings settings = plan.registrar();
    RegistrarAnnouncements before = former == null ? null : former.registrar();
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
    return new RegistrarAnnouncements(settings, messages, environment, announcer, tcp, ports);
  }

  /** Returns whether both yield the same from route_registrar's files. */
  private static boolean isSame(
      Announcers former,
      AnnouncementPlan plan,
      List<ListenerConfig> listeners,
      @Nullable RoutingApiAnnouncer tcp) {
    RegistrarSettings before = former.plan().registrar();
    RegistrarSettings now = plan.registrar();
    return before != null
        && now != null
        && before.hasSameRoutes(now)
        && former.tcp() == tcp
        && ports(former.listeners()).equals(ports(listeners))
        && AnnouncementReader.http1Ports(former.listeners())
            .equals(AnnouncementReader.http1Ports(listeners))
        && Objects.equals(
            former.plan().registration().scriptEnvironment(),
            plan.registration().scriptEnvironment());
  }

  private static List<Integer> ports(List<ListenerConfig> listeners) {
    return listeners.stream().map(ListenerConfig::port).sorted().toList();
  }

  /** Returns what {@link #next} would change, as human-readable lines; changes nothing. */
  List<String> plannedChanges(@Nullable Announcers now, Snapshot next) {
    AnnouncementPlan plan = next.announcing();
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
    return AnnouncementChanges.between(now.plan(), now.routes(), plan, routes);
  }
}
