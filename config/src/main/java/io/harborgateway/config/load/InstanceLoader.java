package io.harborgateway.config.load;

import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.Binder;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Secrets;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.YamlDocument;
import io.harborgateway.config.yaml.YamlFault;
import io.harborgateway.config.yaml.YamlReader;
import java.nio.file.Path;
import java.util.Map;

/** Loads one instance from outside the configuration file, just as strictly. */
public final class InstanceLoader {
  private InstanceLoader() {}

  /**
   * Reads the text, and checks all that can be checked without other instances.
   *
   * @param place name of the file or other place in problems
   * @param text the YAML of one element of {@code instances}
   * @param folder base of relative file names
   * @throws ConfigException with every problem
   */
  public static LoadedInstance load(String place, String text, Path folder) throws ConfigException {
    YamlDocument document = YamlReader.read(text);
    SourceNode tree = document.root();
    var source = new ConfigSource(place, tree);
    var problems = new Problems(source);
    for (YamlFault fault : document.faults()) {
      problems.add(source.at(fault.at(), fault.path(), fault.found(), fault.expected()));
    }
    if (tree != null) {
      var binder = new Binder(problems, folder, new Secrets(Map.of(), problems));
      Section section = binder.section(InstanceConfig.class, tree, "");
      if (section != null) {
        InstanceChecks.runAlone(section, problems);
        problems.throwIfAny();
        return new LoadedInstance((InstanceConfig) section.toRecord(), source, problems.warnings());
      }
    }
    throw problems.asException(); // no tree or no section: a problem has been reported
  }
}
