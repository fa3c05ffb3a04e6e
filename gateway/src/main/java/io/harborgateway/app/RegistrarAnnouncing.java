package io.harborgateway.app;

import io.harborgateway.config.AnnouncedRoute;
import io.harborgateway.config.ConfigException;
import io.harborgateway.config.HostName;
import io.harborgateway.registrar.HttpRoute;
import io.harborgateway.registrar.RegistrarRoute;
import io.harborgateway.registrar.RegistrarRoutes;
import io.harborgateway.registration.Announcer;
import io.harborgateway.registration.Endpoint;
import io.harborgateway.registration.Origin;
import io.harborgateway.registration.RegisterMessage;
import io.harborgateway.registration.RegisteredRoute;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the routes of route_registrar's files beside the gateway's own: each while its script
 * succeeds, and, where it leads to a listener of the gateway, while that could be announced, too.
 * Safe for use by any thread.
 */
final class RegistrarAnnouncing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrarAnnouncing.class);

  private final Announcer announcer;
  private final Origin origin;
  private final RegistrarRoutes files;
  private final Map<Integer, String> heldBack = new HashMap<>(); // by port; these guarded by this
  private final Map<RegistrarRoute, Known> known = new LinkedHashMap<>();

  /**
   * A route that was seen, and what its script said last.
   *
   * @param unusable why it can't be announced at all; empty: it can
   * @param reason why it is not wanted; empty: it is
   */
  private record Known(String id, List<Integer> ports, String unusable, String reason) {
    Known because(String now) {
      return new Known(id, ports, unusable, now);
    }
  }

  /**
   * Reads the settings file.
   *
   * @param ports the gateway's own listeners
   * @throws IOException with every problem of the file
   */
  RegistrarAnnouncing(Path settings, Announcer announcer, Origin origin, Iterable<Port> ports)
      throws IOException {
    this.announcer = announcer;
    this.origin = origin;
    ports.forEach(port -> heldBack.put(port.section().port(), "not checked yet"));
    try {
      this.files = new RegistrarRoutes(settings, this::changed);
    } catch (ConfigException e) {
      throw new IOException(
          e.problems().stream().map(Object::toString).collect(Collectors.joining("\n")), e);
    }
  }

  void start() {
    files.start();
  }

  /** A listener of the gateway can be announced from now on, or not. */
  synchronized void update(Port port, String heldBackBy) {
    int number = port.section().port();
    heldBack.put(number, heldBackBy);
    known.values().stream().filter(route -> route.ports.contains(number)).forEach(this::decide);
  }

  private synchronized void changed(RegistrarRoute route, boolean wanted, String reason) {
    Known before = known.get(route);
    Known now = (before == null ? add(route) : before).because(wanted ? "" : reason);
    known.put(route, now);
    decide(now);
  }

  private Known add(RegistrarRoute route) {
    String id = "registrar/" + route.label() + (known.isEmpty() ? "" : "#" + known.size());
    if (!(route instanceof HttpRoute http)) {
      LOG.warn("{}: a TCP route of route_registrar (expected: it under tcp-routes)", id);
      return new Known(id, List.of(), "a TCP route", "");
    }
    HttpRoute.Backend backend = http.backend();
    List<Integer> ports =
        Stream.of(backend.port(), backend.tlsPort())
            .filter(port -> port != null && heldBack.containsKey(port))
            .toList();
    try {
      if (backend.http2() && !ports.isEmpty()) {
        throw new IllegalArgumentException("protocol: http2 (expected: http1, on a listener here)");
      }
      announcer.add(new RegisteredRoute(id, message(http)));
      return new Known(id, ports, "", "");
    } catch (IllegalArgumentException e) {
      LOG.warn("{}: can't be announced: {}", id, e.getMessage());
      return new Known(id, ports, String.valueOf(e.getMessage()), "");
    }
  }

  private RegisterMessage message(HttpRoute route) {
    HttpRoute.Backend backend = route.backend();
    String san = backend.serverCertDomainSan();
    return new RegisterMessage(
        route.uris(),
        new Endpoint(
            backend.port(),
            backend.tlsPort(),
            san == null || backend.tlsPort() == null ? null : HostName.of(san),
            backend.http2() ? Endpoint.Protocol.HTTP2 : Endpoint.Protocol.HTTP1),
        new Origin(backend.host(), origin.privateInstanceId(), origin.availabilityZone()),
        new AnnouncedRoute(
            "registrar",
            List.of(),
            route.tags(),
            null,
            0,
            null,
            null,
            serviceUrl(route),
            route.loadBalancing()));
  }

  private static @Nullable URI serviceUrl(HttpRoute route) {
    return route.routeServiceUrl() == null ? null : URI.create(route.routeServiceUrl());
  }

  private void decide(Known route) {
    if (!route.unusable.isEmpty()) {
      return;
    }
    String reason = route.reason;
    for (int port : route.ports) {
      String holds = heldBack.getOrDefault(port, "");
      reason = reason.isEmpty() ? holds : reason;
    }
    if (reason.isEmpty()) {
      announcer.announce(route.id);
    } else {
      announcer.withdraw(route.id, reason);
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
