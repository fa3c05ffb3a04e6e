package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.announce.routingapi.RoutingApiStatus;
import io.harborgateway.announce.routingapi.TcpRouteMapping;
import io.harborgateway.announce.state.Verdict;
import io.harborgateway.config.TcpRouteConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The announcing of listeners to the TCP routers; nothing where none is configured. */
final class TcpAnnouncements implements AutoCloseable {
  private final @Nullable RoutingApiAnnouncer announcer;

  /** The ids of the routes of each listener. */
  private final Map<String, List<String>> ids = new LinkedHashMap<>();

  TcpAnnouncements(AnnouncementPlan plan, String address, Map<String, ListenerService> ports) {
    if (plan.routingApi() == null) {
      announcer = null;
      return;
    }
    List<TcpRouteMapping> mappings = new ArrayList<>();
    for (TcpRouteConfig route : plan.registration().tcpRoutes()) {
      ListenerService port = ports.get(route.listener());
      if (port == null) {
        throw new IllegalStateException(route.listener() + ": the loader has checked it");
      }
      String id =
          "%s/%s:%d%s"
              .formatted(
                  port.name(),
                  route.routerGroup(),
                  route.externalPort(),
                  route.sni() == null ? "" : "/" + route.sni());
      ids.computeIfAbsent(port.name(), name -> new ArrayList<>()).add(id);
      mappings.add(
          new TcpRouteMapping(
              id,
              address,
              port.section().port(),
              route.externalPort(),
              route.routerGroup(),
              route.sni()));
    }
    announcer = new RoutingApiAnnouncer(plan.routingApi(), mappings);
  }

  void start() {
    if (announcer != null) {
      announcer.start();
    }
  }

  /** Returns what routes of files are announced with, or null where there is no routing API. */
  @Nullable RoutingApiAnnouncer announcer() {
    return announcer;
  }

  /** Announces the listener's routes, or withdraws them if anything holds them back. */
  void update(ListenerService port, Verdict verdict) {
    if (announcer == null) {
      return;
    }
    for (String id : ids.getOrDefault(port.name(), List.of())) {
      switch (verdict) {
        case Verdict.Open() -> announcer.announce(id);
        case Verdict.Held(String reason) -> announcer.withdraw(id, reason);
      }
    }
  }

  void withdrawAll(String reason, Duration timeout) {
    if (announcer != null) {
      announcer.withdrawAll(reason, timeout);
    }
  }

  @Nullable RoutingApiStatus status() {
    return announcer == null ? null : announcer.status();
  }

  @Override
  public void close() {
    if (announcer != null) {
      announcer.close();
    }
  }
}
