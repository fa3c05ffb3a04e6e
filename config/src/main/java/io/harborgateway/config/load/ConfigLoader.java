package io.harborgateway.config.load;

import io.harborgateway.config.AdminConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.Binder;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.binding.Problems;
import io.harborgateway.config.binding.Secrets;
import io.harborgateway.config.binding.Section;
import io.harborgateway.config.values.InputFiles;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.YamlDocument;
import io.harborgateway.config.yaml.YamlFault;
import io.harborgateway.config.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Loads the configuration strictly: anything not understood is rejected, and all problems are
 * reported at once.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads and checks the file, and checks that the files it names can be read. Blocks; not for
   * event loops.
   *
   * @param environment environment variables that secrets may come from, as in {@link
   *     System#getenv()}
   * @throws ConfigException with every problem, sorted by place
   */
  public static LoadedConfig load(Path file, Map<String, String> environment)
      throws ConfigException {
    YamlDocument document = YamlReader.read(text(file));
    var source = new ConfigSource(file.toString(), document.root());
    var problems = new Problems(source);
    for (YamlFault fault : document.faults()) {
      problems.add(source.at(fault.at(), fault.path(), fault.found(), fault.expected()));
    }
    SourceNode tree = document.root();
    if (tree != null) {
      Path folder = file.toAbsolutePath().normalize().resolveSibling("");
      var binder = new Binder(problems, folder, new Secrets(environment, problems));
      Section root = binder.section(GatewayConfig.class, tree, "");
      if (root != null) {
        Checks.run(root, binder, problems);
        problems.throwIfAny();
        return new LoadedConfig((GatewayConfig) root.toRecord(), source, problems.warnings());
      }
    }
    // no tree or no root section: a problem says why
    throw problems.asException();
  }

  /**
   * Reads only the section {@code admin}, so that a running gateway can be reached whatever is
   * wrong with the rest of the file. Blocks; not for event loops.
   *
   * @throws ConfigException if the file is not YAML, or the section is wrong, with every problem
   */
  public static AdminConfig admin(Path file) throws ConfigException {
    if (!(YamlReader.read(text(file)).root() instanceof SourceNode.Mapping root)) {
      return load(file, Map.of()).config().admin(); // throws, with the problems
    }
    var problems = new Problems(new ConfigSource(file.toString(), root));
    SourceNode.Entry written = root.entries().get("admin");
    SourceNode node =
        written == null ? new SourceNode.Mapping(root.at(), Map.of()) : written.value();
    Path folder = file.toAbsolutePath().normalize().resolveSibling("");
    var binder = new Binder(problems, folder, new Secrets(Map.of(), problems));
    Section section = binder.section(AdminConfig.class, node, "admin");
    if (section == null) {
      throw problems.asException();
    }
    problems.throwIfAny();
    return (AdminConfig) section.toRecord();
  }

  private static String text(Path file) throws ConfigException {
    String unreadable = InputFiles.unreadable(file);
    try {
      if (unreadable == null) {
        return InputFiles.readOnce(file);
      }
    } catch (IOException e) {
      unreadable = InputFiles.reason(e);
    }
    throw new ConfigException(
        List.of(new Problem(file.toString(), 0, 0, "", unreadable, "a readable YAML file")));
  }
}
