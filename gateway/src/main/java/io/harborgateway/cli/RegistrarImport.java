package io.harborgateway.cli;

import io.harborgateway.announce.RegistrarMessages;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Converts a settings file of route_registrar to the equivalent sections {@code node} and {@code
 * registration}. Anything without an equivalent becomes a comment. The output contains no secret,
 * and no text that may contain one: no password, no user information of a URL, no script command.
 */
final class RegistrarImport {
  private final RegistrarSettings settings;
  private final String host;
  private final YamlLines lines = new YamlLines();

  private RegistrarImport(RegistrarSettings settings) {
    this.settings = settings;
    this.host =
        Stream.concat(
                Stream.of(settings.host()), settings.routes().stream().map(RegistrarRoute::host))
            .filter(candidate -> !candidate.isEmpty())
            .findFirst()
            .orElse("");
  }

  /** Returns the two sections, with comments. */
  static String yaml(RegistrarSettings settings) {
    return new RegistrarImport(settings).text();
  }

  private String text() {
    lines.comment(0, "What " + settings.source().file() + " says, as the gateway says it.");
    lines.comment(0, "To be completed with instances, and with the listeners that are named here.");
    lines.comment(
        0, "In place of this, registration.registrar-settings reads the file itself, unchanged.");
    lines.blank();
    node();
    lines.blank();
    var bus = new RegistrarImportBus(settings, lines);
    List<URI> servers = bus.servers();
    if (servers.isEmpty()) {
      lines.comment(0, "no registration: message_bus_servers has no server to connect to");
    } else {
      registration(bus, servers);
    }
    lines.blank();
    settings.routes().forEach(this::tcpRoute);
    rest();
    return lines.toString();
  }

  private void node() {
    boolean isAddress = isIpAddress(host);
    String zone = settings.availabilityZone();
    if (isAddress || (zone != null && !zone.isBlank())) {
      lines.add(0, "node:");
    }
    if (isAddress) {
      lines.add(2, "address: " + YamlLines.quoted(host));
    } else if (!host.isEmpty()) {
      lines.comment(2, "host " + host + ": no equivalent; node.address is an IP address");
    }
    if (zone != null && !zone.isBlank()) {
      lines.add(2, "availability-zone: " + YamlLines.quoted(zone));
    }
  }

  private void registration(RegistrarImportBus bus, List<URI> servers) {
    lines.add(0, "registration:");
    lines.add(2, "servers:");
    servers.forEach(server -> lines.add(4, "- " + YamlLines.quoted(server.toString())));
    bus.addCredentials();
    bus.addTls();
    List<HttpRoute> routes = httpRoutes();
    interval(routes);
    var announced = new RegistrarImportRoutes(lines, host);
    if (!announced.add(routes)) {
      lines.comment(2, "no route of type http on this node: without `routes` the first https");
      lines.comment(2, "listener is announced");
    }
  }

  private List<HttpRoute> httpRoutes() {
    return settings.routes().stream()
        .filter(HttpRoute.class::isInstance)
        .map(HttpRoute.class::cast)
        .toList();
  }

  /** Adds the shortest interval: the gateway has one for all routes. */
  private void interval(List<HttpRoute> routes) {
    List<Duration> all = routes.stream().map(HttpRoute::registrationInterval).sorted().toList();
    if (all.isEmpty()) {
      return;
    }
    Duration shortest = all.getFirst();
    if (!shortest.equals(all.getLast())) {
      lines.comment(2, "the shortest registration_interval: here one is for all routes");
    }
    Duration allowed = RegistrarMessages.interval(shortest);
    if (!allowed.equals(shortest)) {
      lines.comment(2, "registration_interval " + written(shortest) + " is not possible here");
    }
    lines.add(2, "interval: " + written(allowed));
  }

  private static String written(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  private void tcpRoute(RegistrarRoute route) {
    if (route instanceof TcpRoute tcp) {
      lines.comment(
          0,
          "route \"%s\" by the routing API (group %s, port %d, to %s:%d): no equivalent"
              .formatted(
                  tcp.label(), tcp.routerGroup(), tcp.externalPort(), tcp.host(), tcp.port()));
    }
  }

  private void rest() {
    if (settings.routingApi() != null) {
      lines.comment(0, "routing_api: no equivalent");
    }
    settings
        .dynamicConfigGlobs()
        .forEach(glob ->
            lines.comment(
                0, "dynamic_config_globs " + glob + ": no equivalent but with registrar-settings"));
    lines.comment(
        0,
        "unregistration_message_limit %d: no equivalent; withdrawals are repeated as needed"
            .formatted(settings.unregistrationMessageLimit()));
  }

  /** Accepts literals only; nothing is looked up. */
  private static boolean isIpAddress(String text) {
    if (!text.matches("[0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")) {
      return false; // including forms that Java accepts, such as 127.1 and fe80::1%eth0
    }
    try {
      return InetAddress.ofLiteral(text).getHostAddress() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
