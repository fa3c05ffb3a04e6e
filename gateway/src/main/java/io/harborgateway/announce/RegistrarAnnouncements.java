package io.harborgateway.announce;

import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoutes;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.announce.state.Presence;
import io.harborgateway.announce.state.RouteAnnouncer;
import io.harborgateway.announce.state.Verdict;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the routes of route_registrar's files alongside the gateway's own: each while its
 * health script succeeds and, if it leads to a listener of the gateway, while that listener may be
 * announced. HTTP routes go to NATS, the others to the routing API. Thread-safe.
 */
public final class RegistrarAnnouncements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrarAnnouncements.class);
  private static final Verdict NOT_CHECKED = Verdict.held("not checked yet");

  private final Announcer nats;

  // Guarded by this object, like all that follows.
  private @Nullable RoutingApiAnnouncer api;
  private RegistrarMessages messages;
  private RegistrarRoutes files;
  private boolean started;
  private final Map<Integer, Verdict> byPort = new HashMap<>();
  private final Set<Integer> keptPorts = new HashSet<>();
  private final Map<RegistrarRoute, Known> known = new LinkedHashMap<>();
  private final Set<RegistrarRoute> impossible = new HashSet<>();

  /**
   * Routes in {@code known} from the former settings that the files have not reported again yet.
   */
  private final Set<RegistrarRoute> inherited = new HashSet<>();

  private Verdict ofAll = Verdict.open();

  /**
   * A route from the files.
   *
   * @param announcer the announcer it was added to
   * @param wanted verdict of the files and the route's own script
   */
  private record Known(RouteAnnouncer<?, ?> announcer, String id, int port, Verdict wanted) {
    Known with(Verdict now) {
      return new Known(announcer, id, port, now);
    }
  }

  /**
   * Announces nothing and runs no script before {@link #start}.
   *
   * @param environment environment of the health scripts
   * @param api null if there is none; then TCP routes of the files can't be announced
   * @param listeners the ports of the gateway's own listeners, held back until {@link #update}
   */
  public RegistrarAnnouncements(
      RegistrarSettings settings,
      RegistrarMessages messages,
      ScriptEnvironment environment,
      Announcer nats,
      @Nullable RoutingApiAnnouncer api,
      Collection<Integer> listeners) {
    this.messages = messages;
    this.nats = nats;
    this.api = api;
    listeners.forEach(port -> byPort.put(port, NOT_CHECKED));
    this.files = new RegistrarRoutes(settings, environment, new Changes());
  }

  public synchronized void start() {
    started = true;
    files.start();
  }

  /**
   * Switches to other settings. A route that stays is left alone; one with a script keeps its state
   * until the script has run again. Routes that disappear are withdrawn once all new ones have been
   * reported. Waits for running scripts to end, at most 5 s.
   *
   * @param nextApi replaces the former API, where its routes are left in place
   */
  public void reconfigure(
      RegistrarSettings settings,
      RegistrarMessages nextMessages,
      ScriptEnvironment environment,
      @Nullable RoutingApiAnnouncer nextApi,
      Collection<Integer> listeners) {
    close(); // not while holding this object's lock: the files may be about to call back
    synchronized (this) {
      messages = nextMessages;
      api = nextApi;
      byPort.keySet().retainAll(listeners);
      keptPorts.retainAll(listeners);
      listeners.forEach(port -> byPort.putIfAbsent(port, NOT_CHECKED));
      impossible.clear();
      inherited.addAll(known.keySet());
      files = new RegistrarRoutes(settings, environment, new Changes());
      if (started) {
        files.start();
      }
    }
  }

  /** Withdraws and forgets all routes. */
  public void retire(String reason) {
    close();
    synchronized (this) {
      known.values().forEach(route -> route.announcer.remove(route.id, reason));
      known.clear();
    }
  }

  /** Sets whether a listener of the gateway may be announced. */
  public synchronized void update(int port, Verdict verdict) {
    keptPorts.remove(port);
    byPort.put(port, verdict);
    decideAll(port);
  }

  /**
   * A listener of the gateway is bound, but its upstream is down: those of its routes that no other
   * node announces stay announced.
   *
   * @param verdict the verdict that would otherwise hold it back
   */
  public synchronized void keep(int port, Verdict verdict) {
    keptPorts.add(port);
    byPort.put(port, verdict);
    decideAll(port);
  }

  /**
   * Returns whether other nodes announce all HTTP routes that lead to this port; {@code ANOTHER}
   * also if there is no such route.
   */
  public synchronized Presence others(int port) {
    Presence all = Presence.ANOTHER;
    for (Known route : known.values()) {
      if (route.port == port && route.wanted.isOpen()) {
        Presence others = route.announcer.presence(route.id);
        all = others == Presence.NOBODY || all == Presence.ANOTHER ? others : all;
      }
    }
    return all;
  }

  private void decideAll(int port) {
    known.values().stream().filter(route -> route.port == port).forEach(this::decide);
  }

  /** Sets the verdict on all routes, including those that lead to no listener of the gateway. */
  public synchronized void updateAll(Verdict verdict) {
    ofAll = verdict;
    known.values().forEach(this::decide);
  }

  private void decide(Known route) {
    switch (verdict(route)) {
      case Verdict.Open() -> route.announcer.announce(route.id);
      case Verdict.Held(String reason) when isLast(route) ->
          route.announcer.keep(route.id, "last node: " + reason);
      case Verdict.Held(String reason) -> route.announcer.withdraw(route.id, reason);
    }
  }

  private Verdict verdict(Known route) {
    if (!ofAll.isOpen()) {
      return ofAll;
    }
    return route.wanted.isOpen() ? byPort.getOrDefault(route.port, Verdict.open()) : route.wanted;
  }

  /** Whether only the upstream behind its port holds it back, and nobody else serves it. */
  private boolean isLast(Known route) {
    return ofAll.isOpen()
        && route.wanted.isOpen()
        && keptPorts.contains(route.port)
        && route.announcer.presence(route.id) != Presence.ANOTHER;
  }

  /** Adds the route to the announcer it belongs to; null if it can't be announced. */
  private @Nullable Known add(RegistrarRoute route) {
    String id = RegistrarMessages.id(route);
    try {
      RouteAnnouncer<?, ?> announcer =
          switch (route) {
            case HttpRoute http -> add(http, id);
            case TcpRoute tcp -> add(tcp);
          };
      return new Known(announcer, id, RegistrarMessages.port(route), Verdict.open());
    } catch (IllegalArgumentException e) {
      LOG.error("{}: can't be announced: {}", id, e.getMessage());
      impossible.add(route);
      return null;
    }
  }

  private Announcer add(HttpRoute route, String id) {
    nats.add(messages.of(route));
    if (messages.isAnnouncedAsHttp1(route)) {
      LOG.warn("{}: protocol http2 is announced as http1: the listener speaks no HTTP/2", id);
    }
    return nats;
  }

  private RoutingApiAnnouncer add(TcpRoute route) {
    if (api == null) {
      throw new IllegalArgumentException(
          "a TCP route without a routing API (expected: routing_api in the settings file, or"
              + " registration.routing-api)");
    }
    api.add(messages.of(route));
    return api;
  }

  @Override
  public void close() {
    RegistrarRoutes current;
    synchronized (this) {
      current = files;
    }
    current.close();
  }

  private final class Changes implements RegistrarRoutes.Observer {
    @Override
    public void route(RegistrarRoute route, boolean wanted, String reason) {
      synchronized (RegistrarAnnouncements.this) {
        Known before = known.get(route);
        boolean isInherited = inherited.remove(route);
        if ((before == null || isInherited) && !impossible.contains(route)) {
          Known added = add(route);
          before = added == null || before == null ? added : added.with(before.wanted);
        }
        if (before == null) {
          known.remove(route);
          return;
        }
        boolean awaitsScript = isInherited && !wanted && before.wanted.isOpen();
        Known now =
            awaitsScript ? before : before.with(wanted ? Verdict.open() : Verdict.held(reason));
        known.put(route, now);
        decide(now);
      }
    }

    @Override
    public void gone(RegistrarRoute route, String reason) {
      synchronized (RegistrarAnnouncements.this) {
        impossible.remove(route);
        inherited.remove(route);
        remove(route, reason);
      }
    }

    @Override
    public void complete() {
      synchronized (RegistrarAnnouncements.this) {
        inherited.forEach(route -> remove(route, "in none of route_registrar's files any more"));
        inherited.clear();
      }
    }

    private void remove(RegistrarRoute route, String reason) {
      Known gone = known.remove(route);
      if (gone != null) {
        gone.announcer.remove(gone.id, reason);
      }
    }
  }
}
