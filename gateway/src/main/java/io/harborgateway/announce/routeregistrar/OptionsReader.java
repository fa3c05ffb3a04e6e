package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.RoutePolicyConfig;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.LoadBalancing;
import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.values.RoutePolicyScope;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a route's {@code options}, and the {@code allowed_sources} of older versions, which are
 * equivalent to a policy with scope {@code any}. Anything that a router would take for no
 * restriction at all is rejected.
 */
final class OptionsReader {
  private static final Pattern SOURCE = Pattern.compile(TextFormat.POLICY_SOURCE.pattern());
  private static final String SCOPE = "route_policy_scope";
  private static final String SOURCES = "route_policy_sources";
  private static final String ALONE = "it alone, or not at all";
  private static final String ALLOWED = "allowed_sources";

  private final Fields route;
  private final @Nullable Fields options;

  private OptionsReader(Fields route) {
    this.route = route;
    this.options = route.object("options");
  }

  /** Returns the route's options; reports problems. */
  static RouteOptionsConfig read(Fields route) {
    return new OptionsReader(route).read();
  }

  private RouteOptionsConfig read() {
    LoadBalancing choice = null;
    String hashHeader = null;
    BigDecimal hashBalance = null;
    RoutePolicyConfig policy = allowedSources(route.object(ALLOWED));
    if (options != null) {
      choice = loadBalancing(options);
      hashHeader = options.textOrNull("hash_header");
      hashBalance = options.decimal("hash_balance");
      RoutePolicyConfig newer = policy(options);
      if (newer != null && policy != null) {
        route.problem(ALLOWED, "together with options." + SCOPE, "one of both");
      }
      policy = newer == null ? policy : newer;
      options.warnOfUnknown();
      if (choice != LoadBalancing.HASH) { // gorouter ignores them, too
        return new RouteOptionsConfig(choice, null, null, policy);
      }
      checkHash(options, hashHeader, hashBalance);
    }
    return new RouteOptionsConfig(choice, hashHeader, hashBalance, policy);
  }

  /** The key is {@code lb_algo} in older versions of route_registrar. */
  private static @Nullable LoadBalancing loadBalancing(Fields options) {
    String newer = options.text("loadbalancing");
    String older = options.text("lb_algo");
    String key = newer.isEmpty() ? "lb_algo" : "loadbalancing";
    String algorithm = newer.isEmpty() ? older : newer;
    return switch (algorithm) {
      case "" -> null;
      case "round-robin" -> LoadBalancing.ROUND_ROBIN;
      case "least-connection" -> LoadBalancing.LEAST_CONNECTION;
      case "hash" -> LoadBalancing.HASH;
      default -> {
        options.problem(key, QuotedText.of(algorithm), "round-robin, least-connection or hash");
        yield null;
      }
    };
  }

  private static void checkHash(
      Fields options, @Nullable String header, @Nullable BigDecimal balance) {
    if (header == null) {
      options.missing("hash_header", "the field that is hashed");
    } else if (!header.matches(TextFormat.FIELD_NAME.pattern())) {
      options.problem("hash_header", QuotedText.of(header), TextFormat.FIELD_NAME.expected());
    }
    if (balance != null && !RouteOptionsConfig.isHashBalance(balance)) {
      String expected = "0, or " + RouteOptionsConfig.LEAST_HASH_BALANCE + " and more";
      options.problem("hash_balance", balance.toPlainString(), expected);
    }
  }

  private static @Nullable RoutePolicyConfig policy(Fields options) {
    String scopeText = options.text(SCOPE);
    String sourcesText = options.text(SOURCES);
    if (scopeText.isEmpty()) {
      if (!sourcesText.isEmpty()) {
        // without a scope a router lets everyone in
        options.problem(SOURCES, "without " + SCOPE, SCOPE + ", too");
      }
      return null;
    }
    RoutePolicyScope scope = scope(scopeText);
    if (scope == null) {
      options.problem(SCOPE, QuotedText.of(scopeText), "any, org or space");
      return null;
    }
    List<String> sources =
        Arrays.stream(sourcesText.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    sources.stream()
        .filter(source -> !SOURCE.matcher(source).find())
        .forEach(source ->
            options.problem(SOURCES, QuotedText.of(source), TextFormat.POLICY_SOURCE.expected()));
    if (sources.size() > 1 && sources.contains(RoutePolicyConfig.ANY)) {
      options.problem(SOURCES, QuotedText.of(RoutePolicyConfig.ANY) + " beside others", ALONE);
    }
    if (sources.isEmpty()) {
      options.warn(SCOPE, "no " + SOURCES, "one at least: without, nobody may call");
    }
    return new RoutePolicyConfig(scope, sources);
  }

  private static @Nullable RoutePolicyScope scope(String text) {
    return Arrays.stream(RoutePolicyScope.values())
        .filter(scope -> scope.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElse(null);
  }

  private @Nullable RoutePolicyConfig allowedSources(@Nullable Fields allowed) {
    if (allowed == null) {
      return null;
    }
    List<String> sources = new ArrayList<>();
    for (String kind : List.of("app", "space", "org")) {
      List<String> guids = allowed.texts(kind + "s");
      for (int i = 0; i < guids.size(); i++) {
        String source = "cf:" + kind + ":" + guids.get(i);
        if (!SOURCE.matcher(source).find()) {
          allowed.itemProblem(kind + "s", i, QuotedText.of(guids.get(i)), "a GUID");
        }
        sources.add(source);
      }
    }
    boolean any = allowed.flag("any");
    allowed.warnOfUnknown();
    if (any && !sources.isEmpty()) {
      allowed.problem("any", "true beside others", ALONE);
    }
    if (!any && sources.isEmpty()) {
      route.warn(ALLOWED, "no sources", "one at least: without, nobody may call");
    }
    return new RoutePolicyConfig(
        RoutePolicyScope.ANY, any ? List.of(RoutePolicyConfig.ANY) : sources);
  }
}
