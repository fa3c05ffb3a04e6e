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
 * What {@code registrar_settings.json} says, without faults and with defaults filled in.
 *
 * @param source where its keys stand, for problems that are found later
 * @param servers may be empty where no route needs NATS
 * @param busTls null if the section is not there
 * @param host the host of routes that have none of their own; may be empty if all have one
 * @param availabilityZone null if none is written
 * @param unregistrationMessageLimit how often a failing route is unregistered; 1 or more
 * @param routes those of this file
 * @param dynamicConfigGlobs which files have more of them, by Go's {@code filepath.Glob}
 * @param routingApi null if it is missing or not complete, and no route of this file needs it
 * @param warnings what works, or is ignored, but should be known
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

  /** What routes need, and the file has unless the caller has it from elsewhere. */
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

  /** Returns whether the same routes come of both, whatever servers they are announced at. */
  public boolean hasSameRoutes(RegistrarSettings other) {
    return host.equals(other.host)
        && Objects.equals(availabilityZone, other.availabilityZone)
        && routes.equals(other.routes)
        && dynamicConfigGlobs.equals(other.dynamicConfigGlobs);
  }

  /**
   * Reads the file. Blocks; not for event loops.
   *
   * @throws ConfigException with every problem: what route_registrar refuses is refused
   */
  public static RegistrarSettings read(Path file) throws ConfigException {
    return read(file, Set.of());
  }

  /**
   * The same, but what is there {@code elsewhere} need not be in the file.
   *
   * @throws ConfigException with every problem
   */
  public static RegistrarSettings read(Path file, Set<Part> elsewhere) throws ConfigException {
    return SettingsReader.read(file, elsewhere);
  }

  /** Whether the other says the same, whatever its layout. */
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
