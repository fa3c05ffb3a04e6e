package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file from {@code dynamic_config_globs}: YAML with the key {@code routes}, whose
 * elements have the same form as in the settings file.
 *
 * @param entries its routes, usable or not; null if the file as a whole can't be used
 * @param problems what can't be used
 * @param warnings what is ignored
 */
record DynamicFile(@Nullable List<Entry> entries, List<Problem> problems, List<Problem> warnings) {

  /**
   * One route of the file.
   *
   * @param key stable across versions of the file: its name, and its index among the routes of that
   *     name
   * @param route null if it can't be used
   */
  record Entry(String key, @Nullable RegistrarRoute route) {}

  /**
   * Reads the file. Blocks.
   *
   * @param host for routes without a host of their own; may be empty
   */
  static DynamicFile read(Path file, String host) {
    var report = new Report(file.toString());
    String text = InputText.read(file, "a readable YAML file", report);
    List<Entry> entries = text == null ? null : entries(text, host, report);
    return new DynamicFile(entries, report.problems(), report.warnings());
  }

  private static @Nullable List<Entry> entries(String text, String host, Report report) {
    SourceNode root = YamlTree.read(text, report);
    if (report.count() > 0) {
      return null;
    }
    if (root == null || (root instanceof Scalar scalar && scalar.kind() == Kind.NOTHING)) {
      return List.of(); // an empty file has no routes, for Go too
    }
    Fields fields = Fields.of(root, "", GoDialect.YAML, report);
    if (fields == null) {
      return null;
    }
    List<SourceNode> items = fields.items("routes");
    fields.warnOfUnknown();
    if (report.count() > 0) {
      return null; // "routes" is no list
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      Fields route = Fields.of(items.get(i), "routes[" + i + "]", GoDialect.YAML, report);
      String name = route == null ? "" : route.text("name");
      String key = name + "#" + seen.merge(name, 1, Integer::sum);
      entries.add(new Entry(key, route == null ? null : RouteReader.read(route, host, report)));
    }
    return entries;
  }
}
