package io.harborgateway.cli;

import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.HttpRoute.Backend;
import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.RoutePolicyConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Converts the key {@code registration.routes}: one route for each port that HTTP routes lead to.
 */
final class RegistrarImportRoutes {
  private final YamlLines lines;
  private final String host;
  private final Set<String> listeners = new HashSet<>();

  /**
   * @param host this node's host; routes to others have no equivalent
   */
  RegistrarImportRoutes(YamlLines lines, String host) {
    this.lines = lines;
    this.host = host;
  }

  /** Adds the routes that have an equivalent; returns whether there are any. */
  boolean add(List<HttpRoute> routes) {
    for (HttpRoute route : routes) {
      String label = "route \"" + route.name() + "\"";
      if (!route.host().equals(host)) {
        lines.comment(2, label + " to " + route.host() + ": no equivalent; that is not this node");
        continue;
      }
      if (listeners.isEmpty()) {
        lines.add(2, "routes:");
      }
      String listener = listener(route.backend());
      if (listeners.add(listener)) {
        add(route, label, listener);
      } else {
        addToOther(route, label, listener);
      }
    }
    return !listeners.isEmpty();
  }

  private static String listener(Backend backend) {
    return backend.tlsPort() != null ? "https-" + backend.tlsPort() : "http-" + backend.port();
  }

  private void add(HttpRoute route, String label, String listener) {
    lines.comment(4, label + ", to the listener on this port; announced are the names of the");
    lines.comment(4, "instances, which should be: " + uris(route));
    lines.add(4, "- listener: " + listener);
    addTags(route);
    String routeService = route.routeServiceUrl();
    if (routeService != null && isPossible(routeService)) {
      lines.add(6, "route-service-url: " + YamlLines.quoted(routeService));
    } else if (routeService != null) {
      lines.comment(6, "route_service_url: no equivalent; not https, or with user information");
    }
    addOptions(route.options());
    withoutEquivalent(route);
  }

  /** Merges a second message for the same port: the gateway sends all names in one. */
  private void addToOther(HttpRoute route, String label, String listener) {
    lines.comment(
        4, label + " leads to " + listener + ", too: in the same message, without its tags");
    lines.comment(6, "further names: " + uris(route));
    withoutEquivalent(route);
  }

  private void withoutEquivalent(HttpRoute route) {
    Backend backend = route.backend();
    if (backend.tlsPort() != null && backend.port() != null) {
      lines.comment(6, "port %d without TLS: not used by gorouter".formatted(backend.port()));
    }
    if (backend.serverCertDomainSan() != null) {
      lines.comment(
          6,
          "server_cert_domain_san "
              + backend.serverCertDomainSan()
              + ": no equivalent; it is the instance's base name");
    }
    if (backend.http2()) {
      lines.comment(6, "protocol http2: no equivalent; announced is http1");
    }
    if (route.check() != null) {
      lines.comment(
          6,
          "health_check \"%s\": no equivalent; the listener's upstream is checked"
              .formatted(route.check().name()));
    }
  }

  private static String uris(HttpRoute route) {
    return String.join(", ", route.uris());
  }

  private void addTags(HttpRoute route) {
    List<String> tags = new ArrayList<>();
    route
        .tags()
        .forEach((tag, value) -> {
          if (value.isBlank()) {
            lines.comment(6, "tag " + tag + ": no equivalent; it is empty");
          } else {
            tags.add(YamlLines.quoted(tag) + ": " + YamlLines.quoted(value));
          }
        });
    if (!tags.isEmpty()) {
      lines.add(6, "tags: {" + String.join(", ", tags) + "}");
    }
  }

  private void addOptions(RouteOptionsConfig options) {
    if (options.loadBalancing() != null) {
      lines.add(6, "load-balancing: " + name(options.loadBalancing()));
    }
    if (options.hashHeader() != null) {
      lines.add(6, "hash-header: " + YamlLines.quoted(options.hashHeader()));
    }
    if (options.hashBalance() != null) {
      lines.add(6, "hash-balance: " + options.hashBalance().toPlainString());
    }
    RoutePolicyConfig policy = options.policy();
    if (policy != null) {
      lines.add(6, "route-policy:");
      lines.add(8, "scope: " + name(policy.scope()));
      List<String> sources = policy.sources();
      // with it the others have no effect, and would be rejected here
      List<String> meant =
          sources.contains(RoutePolicyConfig.ANY) ? List.of(RoutePolicyConfig.ANY) : sources;
      String items = meant.stream().map(YamlLines::quoted).collect(Collectors.joining(", "));
      lines.add(8, "sources: [" + items + "]");
    }
  }

  /** The constant in the configuration's notation. */
  private static String name(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the configuration accepts the URL. */
  private static boolean isPossible(String url) {
    try {
      URI uri = new URI(url);
      return "https".equals(uri.getScheme()) && uri.getHost() != null && !url.contains("@");
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
