package io.harborgateway.config.load;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.QuotedText;
import java.util.ArrayList;
import java.util.List;

/**
 * An instance loaded from outside the configuration file, without problems.
 *
 * @param source places of its keys
 * @param warnings problems that do not keep it from working
 */
public record LoadedInstance(InstanceConfig config, ConfigSource source, List<Problem> warnings) {
  public LoadedInstance {
    warnings = List.copyOf(warnings);
  }

  /** Returns the number of its host names. */
  public int nameCount() {
    return 1 + config.additionalRoutes().size();
  }

  /**
   * Returns what keeps it from being used with the rest of the configuration: dangling references,
   * and no certificate.
   */
  public List<Problem> problems(GatewayConfig gateway) {
    List<Problem> problems = new ArrayList<>();
    if (config.certificate() == null && !gateway.certs().hasAny()) {
      problems.add(source.problem("certificate", "missing", CertificateChecks.EXPECTED));
    }
    List<String> names =
        gateway.listeners().stream()
            .filter(listener -> listener.protocol() != Protocol.TCP)
            .map(ListenerConfig::name)
            .toList();
    for (int i = 0; i < config.upstreams().size(); i++) {
      String name = config.upstreams().get(i).listener();
      if (!names.contains(name)) {
        problems.add(
            source.problem(
                "upstreams[" + i + "].listener",
                QuotedText.of(name),
                "an http or https listener: " + String.join(", ", names)));
      }
    }
    return problems;
  }
}
