package io.harborgateway.announce;

import io.harborgateway.announce.nats.RegisteredRoute;
import io.harborgateway.announce.nats.RegistryMessage;
import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.config.RegistrationConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes the changes between two announcement plans as human-readable lines. */
public final class AnnouncementChanges {
  /** The values of the section {@code registration} that affect announcements, by key. */
  private static final Map<String, Function<RegistrationConfig, @Nullable Object>> KEYS =
      new LinkedHashMap<>();

  static {
    KEYS.put("servers", RegistrationConfig::servers);
    KEYS.put("user", RegistrationConfig::user);
    KEYS.put("password", RegistrationConfig::password);
    KEYS.put("token", RegistrationConfig::token);
    KEYS.put("credentials", RegistrationConfig::credentials);
    KEYS.put("tls", RegistrationConfig::tls);
    KEYS.put("interval", RegistrationConfig::interval);
    KEYS.put("fleet-size", RegistrationConfig::fleetSize);
    KEYS.put("last-node", RegistrationConfig::lastNode);
    KEYS.put("script-environment", RegistrationConfig::scriptEnvironment);
  }

  private final List<String> lines = new ArrayList<>();

  private AnnouncementChanges() {}

  /** Returns a line for each change; none if nothing changes. */
  public static List<String> between(
      AnnouncementPlan former, WantedRoutes before, AnnouncementPlan next, WantedRoutes now) {
    var changes = new AnnouncementChanges();
    changes.addRegistration(former, next);
    changes.addRoutes("route ", before.http(), now.http(), AnnouncementChanges::describe);
    changes.addRoutes("TCP route ", before.tcp(), now.tcp(), (a, b) -> "changed");
    return changes.lines;
  }

  private void addRegistration(AnnouncementPlan former, AnnouncementPlan next) {
    List<String> changed = new ArrayList<>();
    KEYS.forEach((key, value) -> {
      if (!Objects.equals(value.apply(former.registration()), value.apply(next.registration()))) {
        changed.add(key);
      }
    });
    if (!changed.isEmpty()) {
      lines.add("registration: " + String.join(", ", changed) + " changed");
    }
    if (!Objects.equals(former.routingApi(), next.routingApi())) {
      lines.add("registration: the routing API changed");
    }
    RegistrarSettings before = former.registrar();
    RegistrarSettings now = next.registrar();
    boolean same = before == null ? now == null : now != null && before.hasSameRoutes(now);
    if (!same) {
      lines.add("registration: route_registrar's routes changed");
    }
  }

  /** Describes how two values of one key differ. */
  private interface Description<T> {
    String of(T before, T now);
  }

  private <T> void addRoutes(
      String kind, Map<String, T> before, Map<String, T> now, Description<T> description) {
    before.keySet().stream()
        .filter(id -> !now.containsKey(id))
        .forEach(id -> lines.add(kind + id + ": removed"));
    now.forEach((id, route) -> {
      T former = before.get(id);
      if (former == null) {
        lines.add(kind + id + ": added");
      } else if (!former.equals(route)) {
        lines.add(kind + id + ": " + description.of(former, route));
      }
    });
  }

  private static String describe(RegisteredRoute former, RegisteredRoute next) {
    RegistryMessage before = former.message();
    RegistryMessage now = next.message();
    List<String> changed = new ArrayList<>();
    if (!before.names().equals(now.names())) {
      StringBuilder names = new StringBuilder("names");
      added(before.names(), now.names()).forEach(name -> names.append(" +").append(name));
      added(now.names(), before.names()).forEach(name -> names.append(" -").append(name));
      changed.add(names.toString());
    }
    if (!before.endpoint().equals(now.endpoint())) {
      changed.add("port");
    }
    if (!before.fields().equals(now.fields())) {
      changed.add("tags or options");
    }
    return String.join(", ", changed) + (changed.isEmpty() ? "changed" : "");
  }

  private static Set<String> added(List<String> before, List<String> now) {
    Set<String> added = new TreeSet<>(now);
    before.forEach(added::remove);
    return added;
  }
}
