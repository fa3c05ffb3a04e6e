package io.harborgateway.config.load;

import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.QuotedText;
import java.net.URI;
import java.util.List;

/** Checks that TCP routes have a routing API and a listener, and do not collide. */
final class TcpRouteChecks {
  private TcpRouteChecks() {}

  static void run(Section registration, Section root, Problems problems) {
    List<Section> routes = registration.sections("tcp-routes");
    if (!routes.isEmpty() && !registration.isSet("routing-api")) {
      String expected = "routing-api beside it, where they are announced";
      problems.add(registration.path("tcp-routes"), "without routing-api", expected);
    }
    Section api = registration.section("routing-api");
    if (api != null) {
      NatsChecks.checkPair(api, "certificate", "key", problems);
      checkUrl(api, problems);
      Section uaa = api.section("uaa");
      if (uaa != null) {
        checkUrl(uaa, problems);
      }
    }
    var places =
        new Uniqueness(problems, "a port of its own in its router group, or an SNI of its own");
    for (Section route : routes) {
      checkListener(route, root, problems);
      addPlace(route, places);
    }
  }

  /** Rejects a query: the API's paths are appended to the URL and would become part of it. */
  private static void checkUrl(Section section, Problems problems) {
    URI url = section.value("url", URI.class);
    if (url != null && (url.getRawQuery() != null || url.getRawFragment() != null)) {
      String found = QuotedText.of(url.toString());
      problems.add(section.path("url"), found, "a URI without query and fragment");
    }
  }

  /** The listener may have any protocol: TCP routers just pass on bytes. */
  private static void checkListener(Section route, Section root, Problems problems) {
    List<Section> listeners = root.sections("listeners");
    String name = route.value("listener", String.class);
    if (name == null
        || root.isBroken("listeners")
        || listeners.stream().anyMatch(listener -> listener.isBroken("name"))) {
      return;
    }
    List<String> names =
        listeners.stream()
            .map(listener -> String.valueOf(listener.value("name", String.class)))
            .toList();
    if (!names.contains(name)) {
      String expected = "a listener: " + String.join(", ", names);
      problems.add(route.path("listener"), QuotedText.of(name), expected);
    }
  }

  /**
   * Two routes of one port are distinct to the TCP routers if only one has an SNI, or both have
   * different ones. Otherwise they would be one route with two endpoints, load-balanced between
   * them.
   */
  private static void addPlace(Section route, Uniqueness places) {
    String group = route.value("router-group", String.class);
    Integer port = route.value("external-port", Integer.class);
    if (group == null || port == null || route.isBroken("sni")) {
      return;
    }
    HostName sni = route.value("sni", HostName.class);
    String place = group + ":" + port + (sni == null ? "" : " for " + sni);
    places.add(place, route.path("external-port"));
  }
}
