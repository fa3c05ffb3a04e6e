package io.harborgateway.config.load;

import io.harborgateway.config.binding.Binder;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Secrets;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import java.nio.file.Path;
import java.util.Map;

/** Creates sections without a file. */
public final class Sections {
  private Sections() {}

  /**
   * Returns the section as it is when none of its keys is set. Throws {@link
   * IllegalArgumentException} if it has a required key.
   */
  public static <T extends Record> T defaults(Class<T> type) {
    var problems = new Problems(new ConfigSource(type.getSimpleName(), null));
    var binder = new Binder(problems, Path.of(""), new Secrets(Map.of(), problems));
    Section section = binder.section(type, new SourceNode.Mapping(Mark.START, Map.of()), "");
    try {
      problems.throwIfAny();
    } catch (ConfigException e) {
      throw new IllegalArgumentException(type.getName() + " has required keys", e);
    }
    if (section == null) {
      throw new IllegalStateException(type.getName() + ": not bound (expected: an empty section)");
    }
    return type.cast(section.toRecord());
  }
}
