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

/** Loads one instance that is written in a place of its own, as strictly as the configuration. */
public final class InstanceLoader {
  private InstanceLoader() {}

  /**
   * Reads the text, and checks all that can be checked of one instance alone.
   *
   * @param place what problems name: a file, or another place
   * @param text the YAML of one element of {@code instances}
   * @param folder what relative file names are relative to
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
    throw problems.asException(); // no tree or no section: a problem says why
  }
}
