package io.harborgateway.announce;

import io.harborgateway.announce.nats.Endpoint;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RegisteredRoute;
import io.harborgateway.announce.nats.RegistryMessage;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import io.harborgateway.announce.routingapi.TcpRouteMapping;
import io.harborgateway.announce.routingapi.TcpRouteMapping.RouterTls;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.Durations;
import io.harborgateway.config.values.HostName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Converts routes of route_registrar's files to what the gateway announces. Immutable. */
public final class RegistrarMessages {
  private static final Duration SHORTEST = Durations.parse(RegistrationConfig.SHORTEST_INTERVAL);
  private static final Duration LONGEST = Durations.parse(RegistrationConfig.LONGEST_INTERVAL);

  /** A mapping is upserted after each third of its TTL: with this TTL, once per interval. */
  private static final int INTERVALS_IN_A_TTL = 3;

  private final NodeIdentity origin;
  private final @Nullable String zone;
  private final Set<Integer> http1Ports;

  /**
   * @param origin this process; each route has its own address
   * @param http1Ports ports of the gateway's own listeners that speak HTTP/1.1
   */
  public RegistrarMessages(
      RegistrarSettings settings, NodeIdentity origin, Set<Integer> http1Ports) {
    this.origin = origin;
    this.zone =
        settings.availabilityZone() == null
            ? origin.availabilityZone()
            : settings.availabilityZone();
    this.http1Ports = Set.copyOf(http1Ports);
  }

  /**
   * Returns an id derived from the route's content alone: stable across restarts, but distinct for
   * two routes of the same name, and for the next version of a route while this one is being
   * withdrawn.
   */
  public static String id(RegistrarRoute route) {
    var sum = new CRC32();
    sum.update(route.toString().getBytes(StandardCharsets.UTF_8));
    return "registrar/%s#%08x".formatted(route.label(), sum.getValue());
  }

  /** Whether a route of this id is one of route_registrar's. */
  public static boolean isId(String id) {
    return id.startsWith("registrar/") && id.indexOf('#') > 0;
  }

  /** The port of this node that the routers dial. */
  public static int port(RegistrarRoute route) {
    return switch (route) {
      case HttpRoute http -> endpoint(http.backend());
      case TcpRoute tcp -> tcp.port();
    };
  }

  private static int endpoint(HttpRoute.Backend backend) {
    Integer tls = backend.tlsPort();
    Integer plain = backend.port();
    return tls != null ? tls : plain != null ? plain : 0; // the reader rejects routes with neither
  }

  /** Clamps the interval to the range that the gateway's configuration allows. */
  public static Duration interval(Duration written) {
    Duration least = written.compareTo(SHORTEST) < 0 ? SHORTEST : written;
    return least.compareTo(LONGEST) > 0 ? LONGEST : least;
  }

  /**
   * Returns whether the route says {@code http2} but leads to a listener of the gateway that does
   * not speak it: routers would fall back through ALPN, so it is announced as HTTP/1.1.
   */
  boolean isAnnouncedAsHttp1(HttpRoute route) {
    return route.backend().http2() && http1Ports.contains(port(route));
  }

  /**
   * Converts an HTTP route to what is announced on NATS.
   *
   * @throws IllegalArgumentException if it can't be
   */
  RegisteredRoute of(HttpRoute route) {
    HttpRoute.Backend backend = route.backend();
    boolean http2 = backend.http2() && !isAnnouncedAsHttp1(route);
    var options = route.options();
    String san = backend.serverCertDomainSan();
    String service = route.routeServiceUrl();
    var message =
        new RegistryMessage(
            route.uris(),
            new Endpoint(
                backend.port(),
                backend.tlsPort(),
                san == null || backend.tlsPort() == null ? null : HostName.of(san),
                http2 ? Endpoint.Protocol.HTTP2 : Endpoint.Protocol.HTTP1),
            new NodeIdentity(backend.host(), origin.privateInstanceId(), zone),
            new AnnouncedRouteConfig(
                "registrar",
                List.of(),
                route.tags(),
                null,
                0,
                null,
                null,
                service == null ? null : URI.create(service),
                options.loadBalancing(),
                options.hashHeader(),
                options.hashBalance(),
                options.policy()));
    return new RegisteredRoute(id(route), message, interval(route.registrationInterval()));
  }

  /**
   * Converts a TCP route to what is announced through the routing API.
   *
   * @throws IllegalArgumentException if it can't be
   */
  TcpRouteMapping of(TcpRoute route) {
    TcpRoute.FrontendTls tls = route.tls();
    return new TcpRouteMapping(
        id(route),
        route.host(),
        route.port(),
        route.externalPort(),
        route.routerGroup(),
        name(tls.sniHostname()),
        new RouterTls(
            tls.terminated(), tls.backendTls(), name(tls.sniRewriteHostname()), tls.alpns()),
        interval(route.registrationInterval()).multipliedBy(INTERVALS_IN_A_TTL));
  }

  private static @Nullable HostName name(@Nullable String text) {
    return text == null ? null : HostName.of(text);
  }
}
