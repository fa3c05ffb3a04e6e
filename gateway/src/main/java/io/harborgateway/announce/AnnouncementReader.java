package io.harborgateway.announce;

import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.routeregistrar.HttpRoute;
import io.harborgateway.announce.routeregistrar.RegistrarRoute;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.RegistrarSettings.Part;
import io.harborgateway.announce.routeregistrar.TcpRoute;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.config.values.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what is announced, and reports every problem in route_registrar's file with its place. */
public final class AnnouncementReader {
  /** Same as for the listeners of the gateway's own routes. */
  private static final Duration LEAST_IDLE = Duration.ofSeconds(100);

  private final GatewayConfig config;
  private final ConfigSource source;
  private final List<Problem> problems;
  private final List<Problem> warnings;

  /**
   * @param problems receives what can't be used
   * @param warnings receives what is ignored
   */
  public AnnouncementReader(LoadedConfig loaded, List<Problem> problems, List<Problem> warnings) {
    this.config = loaded.config();
    this.source = loaded.source();
    this.problems = problems;
    this.warnings = warnings;
  }

  /**
   * Returns null if nothing is announced or, with a problem reported, if the file can't be used.
   * Blocks.
   */
  public @Nullable AnnouncementPlan read() {
    RegistrationConfig registration = config.registration();
    if (registration == null) {
      return null;
    }
    var own = registration.routingApi();
    RoutingApiAccess api = own == null ? null : RoutingApiAccess.of(own);
    Path file = registration.registrarSettings();
    if (file == null) {
      return new AnnouncementPlan(registration, api, null);
    }
    RegistrarSettings settings = settings(file, registration);
    if (settings == null) {
      return null;
    }
    warnings.addAll(settings.warnings());
    checkRoutes(settings);
    return new AnnouncementPlan(
        registration.servers().isEmpty() ? withServers(registration, settings) : registration,
        api == null ? RegistrarApi.access(settings, problems, warnings) : api,
        settings);
  }

  private @Nullable RegistrarSettings settings(Path file, RegistrationConfig registration) {
    Set<Part> elsewhere = EnumSet.noneOf(Part.class);
    if (!registration.servers().isEmpty()) {
      elsewhere.add(Part.SERVERS);
    }
    if (registration.routingApi() != null) {
      elsewhere.add(Part.ROUTING_API);
    }
    try {
      return RegistrarSettings.read(file, elsewhere);
    } catch (ConfigException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  private RegistrationConfig withServers(
      RegistrationConfig registration, RegistrarSettings settings) {
    if (settings.servers().isEmpty()) {
      problems.add(
          source.problem(
              "registration.servers",
              "none, and no message_bus_servers in " + settings.source().file(),
              "NATS servers in one of both"));
    }
    return new RegistrarBus(settings, problems, warnings).in(registration);
  }

  /**
   * Checks that the file's own routes can be announced; those of other files are checked as they
   * appear.
   */
  private void checkRoutes(RegistrarSettings settings) {
    var messages =
        new RegistrarMessages(
            settings, NodeIdentity.starting("", null), http1Ports(config.listeners()));
    for (int i = 0; i < settings.routes().size(); i++) {
      RegistrarRoute route = settings.routes().get(i);
      String path = "routes[" + i + "]";
      try {
        switch (route) {
          case HttpRoute http -> {
            messages.of(http);
            checkIdle(http);
            if (messages.isAnnouncedAsHttp1(http)) {
              String expected = "http1, as which it is announced: the listener speaks no HTTP/2";
              warnings.add(settings.source().problem(path + ".protocol", "\"http2\"", expected));
            }
          }
          case TcpRoute tcp -> messages.of(tcp);
        }
      } catch (IllegalArgumentException e) {
        problems.add(settings.source().problem(path, String.valueOf(e.getMessage()), ""));
      }
    }
  }

  /** Routers keep idle connections for 90 s; a listener that closes them first loses POSTs. */
  private void checkIdle(HttpRoute route) {
    for (int i = 0; i < config.listeners().size(); i++) {
      ListenerConfig listener = config.listeners().get(i);
      Duration idle = listener.timeouts().idle();
      if (speaksHttp1(listener)
          && listener.port() == RegistrarMessages.port(route)
          && idle.compareTo(LEAST_IDLE) < 0) {
        problems.add(
            source.problem(
                "listeners[" + i + "].timeouts.idle",
                idle.toMillis() + "ms",
                "at least 100s on a listener that is registered, as " + route.label() + " is"));
      }
    }
  }

  /** The ports of the listeners that speak HTTP/1.1 to the routers. */
  public static Set<Integer> http1Ports(List<ListenerConfig> listeners) {
    return listeners.stream()
        .filter(AnnouncementReader::speaksHttp1)
        .map(ListenerConfig::port)
        .collect(Collectors.toSet());
  }

  private static boolean speaksHttp1(ListenerConfig listener) {
    return listener.protocol() != Protocol.TCP;
  }
}
