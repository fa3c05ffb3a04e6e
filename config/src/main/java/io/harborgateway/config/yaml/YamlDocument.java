package io.harborgateway.config.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What could be read of a file.
 *
 * @param root null if the file is empty or its syntax is broken; {@code faults} then says so
 */
public record YamlDocument(@Nullable SourceNode root, List<YamlFault> faults) {
  public YamlDocument {
    faults = List.copyOf(faults);
  }
}
