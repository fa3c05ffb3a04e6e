package io.harborgateway.config.load;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import java.util.List;

/**
 * A configuration without problems.
 *
 * @param source places of its keys
 * @param warnings problems that do not keep it from working, in the order of the file
 */
public record LoadedConfig(GatewayConfig config, ConfigSource source, List<Problem> warnings) {
  public LoadedConfig {
    warnings = warnings.stream().sorted().toList();
  }
}
