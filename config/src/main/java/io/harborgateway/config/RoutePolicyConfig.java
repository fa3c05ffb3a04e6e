package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.RoutePolicyScope;
import java.util.List;

/** Which applications may call a route on an mTLS domain. */
@Doc(
    "Which applications may call the route where its domain wants to know them by mTLS. Routers"
        + " that know no policies let everybody call it.")
public record RoutePolicyConfig(
    @Doc(
            "Whom the routers let through to `sources`: `any` caller, or those of the `org` or the"
                + " `space` that the route's tags `organization_id` and `space_id` name.")
        RoutePolicyScope scope,
    @Doc(
            "Who may call: `cf:app:GUID`, `cf:space:GUID`, `cf:org:GUID`, or `cf:any` alone. Empty:"
                + " nobody.")
        @Default("[]")
        @Format(TextFormat.POLICY_SOURCE)
        List<String> sources) {

  /** Every caller within the scope. */
  public static final String ANY = "cf:any";

  public RoutePolicyConfig {
    sources = List.copyOf(sources);
  }
}
