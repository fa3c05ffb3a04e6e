package io.harborgateway.config.load;

import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.LoadBalancing;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.values.RoutePolicyScope;
import io.harborgateway.config.values.TextRules;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks across the keys of an announced route, including how the routers will treat them. */
final class AnnouncedRouteChecks {
  /** The form in which gorouter expects GUIDs in {@code X-CF-APP-INSTANCE}. */
  private static final Pattern GUID = Pattern.compile(TextFormat.GUID);

  private AnnouncedRouteChecks() {}

  static void run(Section route, Section root, Problems problems) {
    checkHash(route, problems);
    checkPolicy(route, problems);
    String app = route.value("app", String.class);
    if (app != null && !GUID.matcher(app).matches()) {
      String expected = "a GUID: routers of 2025 and later select by nothing else";
      problems.warn(route.path("app"), QuotedText.of(app), expected);
    }
    if (route.isSet("stale-threshold") && isHttps(route, root)) {
      String expected = "none: the routers forget no route of an https listener by its age";
      problems.warn(route.path("stale-threshold"), "a threshold", expected);
    }
  }

  private static boolean isHttps(Section route, Section root) {
    String name = String.valueOf(route.value("listener", String.class));
    return root.sections("listeners").stream()
        .filter(listener -> listener.value("protocol", Protocol.class) == Protocol.HTTPS)
        .anyMatch(listener -> name.equals(listener.value("name", String.class)));
  }

  private static void checkHash(Section route, Problems problems) {
    if (route.isBroken("load-balancing") || route.isBroken("hash-header")) {
      return;
    }
    boolean hash = route.value("load-balancing", LoadBalancing.class) == LoadBalancing.HASH;
    if (hash && !route.isSet("hash-header")) {
      problems.add(route.path("load-balancing"), "hash without hash-header", "both");
    }
    for (String key : List.of("hash-header", "hash-balance")) {
      if (!hash && route.isSet(key)) {
        String found = key + " without load-balancing: hash";
        problems.add(route.path(key), found, "both or neither");
      }
    }
    BigDecimal balance = route.value("hash-balance", BigDecimal.class);
    if (balance != null && !RouteOptionsConfig.isHashBalance(balance)) {
      String expected = "0, or " + RouteOptionsConfig.LEAST_HASH_BALANCE + " and more";
      problems.add(route.path("hash-balance"), balance.toPlainString(), expected);
    }
  }

  private static void checkPolicy(Section route, Problems problems) {
    Section policy = route.section("route-policy");
    if (policy == null || policy.isBroken("sources")) {
      return;
    }
    List<String> sources = policy.list("sources", String.class);
    if (sources.isEmpty()) {
      problems.warn(policy.path(), "no sources", "one at least: without, nobody may call");
    } else if (sources.size() > 1 && sources.contains(RoutePolicyConfig.ANY)) {
      String path = policy.path("sources") + "[" + sources.indexOf(RoutePolicyConfig.ANY) + "]";
      problems.add(
          path, QuotedText.of(RoutePolicyConfig.ANY) + " beside others", "it alone, or not at all");
    }
    RoutePolicyScope scope = policy.value("scope", RoutePolicyScope.class);
    if (scope != null && scope != RoutePolicyScope.ANY) {
      String tag = scope == RoutePolicyScope.ORG ? "organization_id" : "space_id";
      Map<?, ?> tags = route.value("tags", Map.class);
      if (tags != null && !tags.containsKey(tag)) {
        String found = TextRules.kebab(scope.name()) + " without the tag " + tag;
        problems.warn(policy.path("scope"), found, "that tag: without, nobody may call");
      }
    }
  }
}
