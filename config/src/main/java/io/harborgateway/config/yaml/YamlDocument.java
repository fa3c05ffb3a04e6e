package io.harborgateway.config.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As much of a file as could be read.
 *
 * @param root null if the file is empty or its syntax is broken; {@code faults} then says so
 */
public record YamlDocument(@Nullable SourceNode root, List<YamlFault> faults) {
  public YamlDocument {
    faults = List.copyOf(faults);
  }
}
