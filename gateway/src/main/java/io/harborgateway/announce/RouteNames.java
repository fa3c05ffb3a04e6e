package io.harborgateway.announce;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.route.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Selects the names of an instance that a configured route announces. */
public final class RouteNames {
  private static final String BASE = "base";

  private RouteNames() {}

  /**
   * Returns the names, in the instance's order; empty if it has none of those wanted.
   *
   * @param route its {@code names}: {@code base}, or additional routes; empty: all that no route in
   *     {@code all} mentions
   */
  public static List<String> of(
      Instance instance, AnnouncedRouteConfig route, List<AnnouncedRouteConfig> all) {
    Set<String> named = new HashSet<>();
    all.forEach(other -> named.addAll(other.names()));
    List<String> names = new ArrayList<>();
    for (HostName name : instance.names()) {
      String label = label(instance, name);
      if (route.names().isEmpty() ? !named.contains(label) : route.names().contains(label)) {
        names.add(name.value());
      }
    }
    return names;
  }

  /** {@code base}, or the second label, which is the additional route. */
  private static String label(Instance instance, HostName name) {
    return name.equals(instance.baseName()) ? BASE : name.value().split("\\.", 3)[1];
  }
}
