package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.AnnouncementReader;
import io.harborgateway.announce.RegistrarAnnouncements;
import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.RouteNames;
import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.AnnouncerStatus;
import io.harborgateway.announce.nats.Endpoint;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RegisteredRoute;
import io.harborgateway.announce.nats.RegistrationMeters;
import io.harborgateway.announce.nats.RegistryMessage;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routingapi.RoutingApiStatus;
import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.RouteState;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.metrics.Meters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The announcing of each instance on each registered listener; nothing where none is configured.
 */
public final class Announcements implements AutoCloseable {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private final @Nullable Announcer announcer;
  private final @Nullable TcpAnnouncements tcp;
  private final @Nullable RegistrarAnnouncements registrar;
  private final Set<String> registered = new HashSet<>();
  private final Set<String> announced = new HashSet<>();

  /**
   * @throws IOException when this node's address can't be found
   */
  Announcements(Snapshot plan, Map<String, ListenerService> ports, Meters meters)
      throws IOException {
    AnnouncementPlan announcing = plan.announcing();
    if (announcing == null) {
      announcer = null;
      tcp = null;
      registrar = null;
      return;
    }
    RegistrationConfig registration = announcing.registration();
    var node = plan.config().node();
    NodeIdentity origin = NodeIdentity.starting(NodeAddress.of(node), node.availabilityZone());
    List<RegisteredRoute> routes = new ArrayList<>();
    for (AnnouncedRouteConfig route : registration.routes()) {
      ListenerService port = ports.get(route.listener());
      if (port == null) {
        throw new IllegalStateException(route.listener() + ": the loader has checked it");
      }
      registered.add(port.name());
      for (Instance instance : plan.routes().instances()) {
        List<String> names = RouteNames.of(instance, route, registration.routes());
        if (!names.isEmpty()) {
          var message = new RegistryMessage(names, endpoint(port, instance), origin, route);
          routes.add(new RegisteredRoute(id(port, instance), message));
          announced.add(id(port, instance));
        }
      }
    }
    announcer = new Announcer(registration, origin, routes, countedBy(meters));
    tcp = new TcpAnnouncements(announcing, origin.address(), ports);
    registrar = registrar(announcing, origin, plan.config().listeners());
    for (RouteState state : RouteState.values()) {
      meters.gauge(
          "registration.routes",
          () -> announcer.count(state),
          "state",
          state.name().toLowerCase(Locale.ROOT));
    }
  }

  private @Nullable RegistrarAnnouncements registrar(
      AnnouncementPlan plan, NodeIdentity origin, List<ListenerConfig> listeners) {
    RegistrarSettings settings = plan.registrar();
    if (settings == null || announcer == null || tcp == null) {
      return null;
    }
    return new RegistrarAnnouncements(
        settings,
        new RegistrarMessages(settings, origin, AnnouncementReader.http1Ports(listeners)),
        ScriptEnvironment.of(System.getenv(), plan.registration().scriptEnvironment()),
        announcer,
        tcp.announcer(),
        listeners.stream().map(ListenerConfig::port).toList());
  }

  private static Endpoint endpoint(ListenerService port, Instance instance) {
    int number = port.section().port();
    return port.section().protocol() == Protocol.HTTPS
        ? Endpoint.tls(number, instance.baseName())
        : Endpoint.plain(number);
  }

  private static String id(ListenerService port, Instance instance) {
    return port.name() + "/" + instance.guid().value();
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
      public void moved(RouteState state) {
        meters.routeMoved(state.name().toLowerCase(Locale.ROOT));
      }

      @Override
      public void connected(boolean connected) {
        meters.natsConnected(connected);
      }
    };
  }

  void apply(Snapshot next, Map<String, ListenerService> services) {}

  /** Begins to look for NATS; announces nothing. Returns at once. */
  void connect() {
    if (announcer != null) {
      announcer.start();
    }
  }

  /** Begins to announce what leads to no listener of the gateway. After {@link #connect}. */
  void start() {
    if (tcp != null) {
      tcp.start();
    }
    if (registrar != null) {
      registrar.start();
    }
  }

  /** Announces the instance's route on this port, or withdraws it; nothing if it has none. */
  void update(ListenerService port, Instance instance, Verdict verdict) {
    String id = id(port, instance);
    if (announcer == null || !announced.contains(id)) {
      return;
    }
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
  void keep(ListenerService port, Instance instance, String reason) {
    String id = id(port, instance);
    if (announcer != null && announced.contains(id)) {
      announcer.keep(id, reason);
    }
  }

  /**
   * Returns whether another endpoint announces the instance's names, for a route that is announced
   * on this port; another one also where there is no such route. Never waits.
   */
  Presence others(ListenerService port, Instance instance) {
    String id = id(port, instance);
    return announcer != null && announced.contains(id) ? announcer.presence(id) : Presence.ANOTHER;
  }

  /** Returns whether other nodes announce what files have routes to this port for. Never waits. */
  Presence others(ListenerService port) {
    return registrar == null ? Presence.ANOTHER : registrar.others(port.section().port());
  }

  /**
   * Announces the routes of files to this port although its upstream is down, and withdraws what
   * else leads to the whole port.
   *
   * @param verdict what would hold it back
   */
  void keep(ListenerService port, Verdict verdict) {
    if (tcp != null) {
      tcp.update(port, verdict);
    }
    if (registrar != null) {
      registrar.keep(port.section().port(), verdict);
    }
  }

  /** Has a task run whenever {@link #others} may have changed; by another thread, quick. */
  void onOthersChanged(Runnable task) {
    if (announcer != null) {
      announcer.onOthersChanged(task);
    }
  }

  /** Announces what leads to the whole port, or withdraws it. */
  void update(ListenerService port, Verdict verdict) {
    if (tcp != null) {
      tcp.update(port, verdict);
    }
    if (registrar != null) {
      registrar.update(port.section().port(), verdict);
    }
  }

  /** Whether routers are being told that a route they know is not there any more. */
  boolean isWithdrawing() {
    return announcer != null && announcer.count(RouteState.WITHDRAWING) > 0;
  }

  /** Whether anything is announced at all. */
  boolean isOn() {
    return announcer != null;
  }

  /** Whether instances are announced on this port at all. */
  boolean hasRoutes(ListenerService port) {
    return registered.contains(port.name());
  }

  /** Withdraws everything until {@link #resume}; waits for NATS and the routing API a little. */
  void withdrawAll(String reason) {
    if (registrar != null) {
      registrar.updateAll(Verdict.held(reason));
    }
    if (announcer != null) {
      announcer.withdrawAll(reason, FLUSH_TIMEOUT);
    }
    if (tcp != null) {
      tcp.withdrawAll(reason, FLUSH_TIMEOUT);
    }
  }

  /** Announces again what leads to no listener of the gateway; {@code update} does the rest. */
  void resume() {
    if (registrar != null) {
      registrar.updateAll(Verdict.open());
    }
  }

  /** Returns how the routes of TCP routers stand, or null where there are none. */
  @Nullable RoutingApiStatus tcpStatus() {
    return tcp == null ? null : tcp.status();
  }

  /** Returns how it stands, or null where nothing is announced. */
  @Nullable AnnouncerStatus status() {
    return announcer == null ? null : announcer.status();
  }

  @Override
  public void close() {
    if (registrar != null) {
      registrar.close();
    }
    if (tcp != null) {
      tcp.close();
    }
    if (announcer != null) {
      announcer.close();
    }
  }
}
