package io.harborgateway.config.load;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.binding.Binder;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that access to NATS is configured, and that every announced listener is one that the
 * routers can use.
 */
final class RegistrationChecks {
  /** Routers keep idle connections for 90 s; a listener that closes them first loses POSTs. */
  private static final Duration LEAST_IDLE = Duration.ofSeconds(100);

  private RegistrationChecks() {}

  static void run(Section registration, Section root, Binder binder, Problems problems) {
    List<Section> listeners = root.sections("listeners");
    NatsChecks.run(
        registration,
        registration.isSet("registrar-settings") ? "registrar-settings" : null,
        "NATS servers, here or in the file of registrar-settings",
        problems);
    if (registration.sections("routes").isEmpty()
        && !registration.isBroken("routes")
        && !registration.isSet("registrar-settings")
        && !root.isBroken("listeners")) {
      defaultRoute(registration, listeners, binder, problems);
    }
    var announced = new Uniqueness(problems, "one route for each listener");
    Set<String> names = new HashSet<>();
    for (Section route : registration.sections("routes")) {
      String listener = route.value("listener", String.class);
      announced.add(listener, route.path("listener"));
      Checks.checkReference(route, root, problems);
      AnnouncedRouteChecks.run(route, root, problems);
      if (listener != null) {
        names.add(listener);
      }
    }
    checkIdle(listeners, names, problems);
    TcpRouteChecks.run(registration, root, problems);
  }

  /** Adds the default of {@code routes}: one route for the first https listener. */
  private static void defaultRoute(
      Section registration, List<Section> listeners, Binder binder, Problems problems) {
    for (Section listener : listeners) {
      String name = listener.value("name", String.class);
      if (listener.isBroken("protocol")) {
        return; // this may be the one
      }
      if (listener.value("protocol", Protocol.class) == Protocol.HTTPS) {
        if (name != null) {
          var text = new SourceNode.Scalar(Mark.START, Kind.TEXT, name);
          var node =
              new SourceNode.Mapping(
                  Mark.START, Map.of("listener", new SourceNode.Entry(Mark.START, text)));
          Section route =
              binder.section(AnnouncedRouteConfig.class, node, registration.path("routes") + "[0]");
          if (route != null) {
            registration.put("routes", List.of(route));
          }
        }
        return;
      }
    }
    if (registration.sections("tcp-routes").isEmpty() && !registration.isBroken("tcp-routes")) {
      problems.add(registration.path("routes"), "none", "a route, or an https listener");
    }
  }

  private static void checkIdle(List<Section> listeners, Set<String> names, Problems problems) {
    for (Section listener : listeners) {
      Section timeouts = listener.section("timeouts");
      Duration idle = timeouts == null ? null : timeouts.value("idle", Duration.class);
      String name = listener.value("name", String.class);
      if (timeouts != null
          && idle != null
          && name != null
          && names.contains(name)
          && Checks.mayBeHttp(listener)
          && idle.compareTo(LEAST_IDLE) < 0) {
        String found =
            idle.toMillis() % 1000 == 0 ? idle.toSeconds() + "s" : idle.toMillis() + "ms";
        String expected = "at least 100s on a listener that is registered";
        problems.add(timeouts.path("idle"), found, expected);
      }
    }
  }
}
