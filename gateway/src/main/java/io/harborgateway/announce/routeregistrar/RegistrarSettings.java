package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The valid content of {@code registrar_settings.json}, with defaults filled in.
 *
 * @param source places of its keys, for problems found later
 * @param servers may be empty where no route needs NATS
 * @param busTls null if the section is absent
 * @param host the host of routes that have none of their own; may be empty if all have one
 * @param availabilityZone null if not set
 * @param unregistrationMessageLimit how often a failing route is unregistered; 1 or more
 * @param routes the routes of this file
 * @param dynamicConfigGlobs patterns of files with more routes, for Go's {@code filepath.Glob}
 * @param routingApi null if it is missing or incomplete, and no route of this file needs it
 * @param warnings what works or is ignored, but should be noted
 */
public record RegistrarSettings(
    ConfigSource source,
    List<BusServer> servers,
    @Nullable BusTls busTls,
    String host,
    @Nullable String availabilityZone,
    int unregistrationMessageLimit,
    List<RegistrarRoute> routes,
    List<String> dynamicConfigGlobs,
    @Nullable RoutingApi routingApi,
    List<Problem> warnings) {

  /**
   * A part that routes need, and that the file must have unless the caller has it from elsewhere.
   */
  public enum Part {
    /** {@code message_bus_servers}, for routes of type http. */
    SERVERS,
    /** {@code routing_api}, for routes of type tcp or sni. */
    ROUTING_API
  }

  public RegistrarSettings {
    servers = List.copyOf(servers);
    routes = List.copyOf(routes);
    dynamicConfigGlobs = List.copyOf(dynamicConfigGlobs);
    warnings = List.copyOf(warnings);
  }

  /** Returns whether both yield the same routes, whatever servers they are announced at. */
  public boolean hasSameRoutes(RegistrarSettings other) {
    return host.equals(other.host)
        && Objects.equals(availabilityZone, other.availabilityZone)
        && routes.equals(other.routes)
        && dynamicConfigGlobs.equals(other.dynamicConfigGlobs);
  }

  /**
   * Reads the file. Blocks; not for event loops.
   *
   * @throws ConfigException with every problem: whatever route_registrar rejects is rejected
   */
  public static RegistrarSettings read(Path file) throws ConfigException {
    return read(file, Set.of());
  }

  /**
   * Reads the file, which need not have the parts that come from {@code elsewhere}.
   *
   * @throws ConfigException with every problem
   */
  public static RegistrarSettings read(Path file, Set<Part> elsewhere) throws ConfigException {
    return SettingsReader.read(file, elsewhere);
  }

  /** Whether the other has the same content, whatever its layout. */
  public boolean saysTheSame(RegistrarSettings other) {
    return servers.equals(other.servers)
        && Objects.equals(busTls, other.busTls)
        && host.equals(other.host)
        && Objects.equals(availabilityZone, other.availabilityZone)
        && unregistrationMessageLimit == other.unregistrationMessageLimit
        && routes.equals(other.routes)
        && dynamicConfigGlobs.equals(other.dynamicConfigGlobs)
        && Objects.equals(routingApi, other.routingApi);
  }
}
