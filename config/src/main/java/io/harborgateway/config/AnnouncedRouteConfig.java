package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.LoadBalancing;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A route announced for one listener: the names of every instance, with these fields. */
@Doc("One announced listener: the names of every instance, with these fields of the message.")
public record AnnouncedRouteConfig(
    @Doc("The name of an `http` or `https` listener.") @Format(TextFormat.NAME) String listener,
    @Doc(
            "Which names of each instance are announced: `base`, or the names of its"
                + " `additional-routes`. Empty: all that no other route names.")
        @Default("[]")
        @Format(TextFormat.DNS_LABEL)
        List<String> names,
    @Doc("Tags of the routers' metrics and logs.") @Default("{}") Map<String, String> tags,
    @Doc(
            "The application of `X-CF-APP-INSTANCE: <app>:<index>`, by which one node is selected."
                + " Routers of 2025 and later take a GUID alone.")
        @Format(TextFormat.TEXT)
        @Nullable String app,
    @Doc("The index of `X-CF-APP-INSTANCE`.") @Default("0") @Range(min = "0", max = "1000000")
        int instanceIndex,
    @Doc("The isolation segment whose routers carry the route.") @Format(TextFormat.TEXT)
        @Nullable String isolationSegment,
    @Doc(
            "When the routers forget the route unless it is announced again; without effect on an"
                + " `https` listener, whose routes they never forget by age. Not written: their own.")
        @Range(min = "1s", max = "24h")
        @Nullable Duration staleThreshold,
    @Doc("A route service that requests pass first; `https` only.") @Schemes("https")
        @Nullable URI routeServiceUrl,
    @Doc("How the routers choose among the nodes. Not written: their own choice.")
        @Nullable LoadBalancing loadBalancing,
    @Doc(
            "The request field whose value chooses the node; needed with `load-balancing: hash`, and"
                + " only there. Routers that know no `hash` make their own choice.")
        @Format(TextFormat.FIELD_NAME)
        @Nullable String hashHeader,
    @Doc(
            "How many times the average load of the nodes one may have before `hash` chooses"
                + " another: 1.1 or more, such as 1.25; or 0: however much. Not written: as 0.")
        @Range(min = "0", max = "100")
        @Nullable BigDecimal hashBalance,
    @Doc("Which applications may call. Not written: everybody.")
        @Nullable RoutePolicyConfig routePolicy) {

  public AnnouncedRouteConfig {
    names = List.copyOf(names);
    // not Map.copyOf: the message keeps the file's order
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  /** Creates a route without hash balancing and without a policy. */
  public AnnouncedRouteConfig(
      String listener,
      List<String> names,
      Map<String, String> tags,
      @Nullable String app,
      int instanceIndex,
      @Nullable String isolationSegment,
      @Nullable Duration staleThreshold,
      @Nullable URI routeServiceUrl,
      @Nullable LoadBalancing loadBalancing) {
    this(
        listener,
        names,
        tags,
        app,
        instanceIndex,
        isolationSegment,
        staleThreshold,
        routeServiceUrl,
        loadBalancing,
        null,
        null,
        null);
  }

  /** How the routers treat this route differently. */
  public RouteOptionsConfig options() {
    return new RouteOptionsConfig(loadBalancing, hashHeader, hashBalance, routePolicy);
  }
}
