package io.harborgateway.control;

import io.harborgateway.config.HealthCheckConfig;
import io.harborgateway.config.values.HealthCheckKind;
import io.harborgateway.route.Instance;
import io.harborgateway.upstream.HealthCheck;
import io.harborgateway.upstream.Upstream;
import java.util.HashSet;
import java.util.List;

/** Converts the configuration of an upstream's health check. */
public final class HealthChecks {
  private HealthChecks() {}

  public static HealthCheck.Settings settings(
      HealthCheckConfig section, Upstream upstream, List<Instance> instances) {
    boolean http =
        section.kind() == HealthCheckKind.HTTP
            || (section.kind() == HealthCheckKind.AUTO && upstream.settings().tls() != null);
    return new HealthCheck.Settings(
        section.interval(),
        section.timeout(),
        section.rise(),
        section.fall(),
        section.damping(),
        http ? section.path() : null,
        host(section, upstream, instances),
        new HashSet<>(section.statuses()));
  }

  private static String host(
      HealthCheckConfig section, Upstream upstream, List<Instance> instances) {
    if (section.host() != null) {
      return section.host().value();
    }
    return instances.isEmpty() ? upstream.toString() : instances.getFirst().baseName().value();
  }
}
