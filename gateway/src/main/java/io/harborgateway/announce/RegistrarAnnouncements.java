package io.harborgateway.announce;

import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.nats.Presence;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoutes;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.ScriptEnvironment;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
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
 * Announces the routes of route_registrar's files beside the gateway's own: each while its script
 * succeeds, and, where it leads to a listener of the gateway, while that could be announced, too.
 * HTTP routes go to NATS, the others to the routing API. Safe for use by any thread.
 */
public final class RegistrarAnnouncements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrarAnnouncements.class);

  private final Announcer nats;
  private final @Nullable RoutingApiAnnouncer api;
  private final RegistrarMessages messages;
  private final RegistrarRoutes files;

  // Guarded by this object, as all that follows.
  private final Map<Integer, String> heldBackByPort = new HashMap<>();
  private final Set<Integer> keptPorts = new HashSet<>();
  private final Map<RegistrarRoute, Known> known = new LinkedHashMap<>();
  private String heldBack = "";

  /**
   * A route of the files.
   *
   * @param reason why it is not wanted; empty: it is
   */
  private record Known(RouteChannel channel, String id, int port, boolean isHttp, String reason) {
    Known because(String now) {
      return new Known(channel, id, port, isHttp, now);
    }
  }

  /**
   * Tells and runs nothing before {@link #start}.
   *
   * @param environment of the health scripts
   * @param api null: there is none, and TCP routes of the files can't be announced
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
    listeners.forEach(port -> heldBackByPort.put(port, "not checked yet"));
    this.files = new RegistrarRoutes(settings, environment, new Changes());
  }

  public void start() {
    files.start();
  }

  /**
   * A listener of the gateway can be announced from now on, or not.
   *
   * @param reason what holds it back; empty: nothing
   */
  public synchronized void update(int port, String reason) {
    keptPorts.remove(port);
    heldBackByPort.put(port, reason);
    decideAll(port);
  }

  /**
   * A listener of the gateway is bound, but its upstream is down: its routes stay announced that no
   * other node announces.
   *
   * @param reason what would hold it back
   */
  public synchronized void keep(int port, String reason) {
    keptPorts.add(port);
    heldBackByPort.put(port, reason);
    decideAll(port);
  }

  /**
   * Returns whether other nodes announce the HTTP routes that lead to this port, all of them;
   * another one also where there is no such route.
   */
  public synchronized Presence others(int port) {
    Presence all = Presence.ANOTHER;
    for (Known route : known.values()) {
      if (route.port == port && route.reason.isEmpty()) {
        Presence others = route.isHttp ? nats.presence(route.id) : Presence.ANOTHER;
        all = others == Presence.NOBODY || all == Presence.ANOTHER ? others : all;
      }
    }
    return all;
  }

  private void decideAll(int port) {
    known.values().stream().filter(route -> route.port == port).forEach(this::decide);
  }

  /**
   * Holds every route back, those too that lead to no listener of the gateway.
   *
   * @param reason for people; empty: they are not held back any more
   */
  public synchronized void hold(String reason) {
    heldBack = reason;
    known.values().forEach(this::decide);
  }

  private void decide(Known route) {
    String reason = heldBack.isEmpty() ? route.reason : heldBack;
    if (reason.isEmpty()) {
      reason = heldBackByPort.getOrDefault(route.port, "");
    }
    boolean byPort = heldBack.isEmpty() && route.reason.isEmpty();
    if (reason.isEmpty()) {
      route.channel.announce(route.id);
    } else if (byPort && keptPorts.contains(route.port) && isLast(route)) {
      route.channel.keep(route.id, "last node: " + reason);
    } else {
      route.channel.withdraw(route.id, reason);
    }
  }

  private boolean isLast(Known route) {
    return route.isHttp && nats.presence(route.id) != Presence.ANOTHER;
  }

  private Known add(RegistrarRoute route) {
    String id = RegistrarMessages.id(route);
    boolean isHttp = route instanceof HttpRoute;
    return new Known(channel(route, id), id, RegistrarMessages.port(route), isHttp, "");
  }

  /** Adds the route where it can be announced. */
  private RouteChannel channel(RegistrarRoute route, String id) {
    try {
      return switch (route) {
        case HttpRoute http -> {
          nats.add(messages.of(http));
          if (messages.isAnnouncedAsHttp1(http)) {
            LOG.warn("{}: protocol http2 is announced as http1: the listener speaks no HTTP/2", id);
          }
          yield RouteChannel.of(nats);
        }
        case TcpRoute tcp -> {
          if (api == null) {
            throw new IllegalArgumentException(
                "a TCP route without a routing API (expected: routing_api in the settings file, or"
                    + " registration.routing-api)");
          }
          api.add(messages.of(tcp));
          yield RouteChannel.of(api);
        }
      };
    } catch (IllegalArgumentException e) {
      LOG.error("{}: can't be announced: {}", id, e.getMessage());
      return RouteChannel.NOWHERE;
    }
  }

  @Override
  public void close() {
    files.close();
  }

  private final class Changes implements RegistrarRoutes.Listener {
    @Override
    public void route(RegistrarRoute route, boolean wanted, String reason) {
      synchronized (RegistrarAnnouncements.this) {
        Known before = known.get(route);
        Known now = (before == null ? add(route) : before).because(wanted ? "" : reason);
        known.put(route, now);
        decide(now);
      }
    }

    @Override
    public void gone(RegistrarRoute route, String reason) {
      synchronized (RegistrarAnnouncements.this) {
        Known gone = known.remove(route);
        if (gone != null) {
          gone.channel.remove(gone.id, reason);
        }
      }
    }
  }
}
