package io.harborgateway.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of a run with all that is needed to read them.
 *
 * @param title of the document
 * @param command by which it can be repeated
 * @param machine processor, kernel, versions, by what each is called
 * @param notes what a reader must know
 * @param figures in the order of the table
 */
public record Report(
    String title,
    String command,
    Map<String, String> machine,
    List<String> notes,
    List<Figure> figures) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Writes NAME.json, NAME.md and NAME.svg, with bars, into the folder. */
  public void write(Path folder, String name) throws IOException {
    write(folder, name, BarChart.of(title, figures));
  }

  /** Writes NAME.json, NAME.md and NAME.svg into the folder. */
  public void write(Path folder, String name, String chart) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".json"), json() + "\n");
    Files.writeString(folder.resolve(name + ".md"), markdown(name + ".svg"));
    Files.writeString(folder.resolve(name + ".svg"), chart);
  }

  String json() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("title", title);
    root.put("command", command);
    root.put("machine", machine);
    root.put("notes", notes);
    root.put("figures", figures.stream().map(Report::figure).toList());
    return JSON.writeValueAsString(root);
  }

  private static Map<String, Object> figure(Figure figure) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", figure.id());
    object.put("title", figure.title());
    object.put("unit", figure.unit());
    Map<String, Object> contenders = new LinkedHashMap<>();
    figure
        .samples()
        .forEach((name, samples) -> {
          Map<String, Object> contender = new LinkedHashMap<>();
          contender.put("median", samples.median());
          contender.put("spread", samples.spread());
          contender.put("rounds", samples.values());
          Samples throughput = figure.throughput().get(name);
          if (throughput != null) {
            contender.put("throughputPerSecond", throughput.median());
          }
          contenders.put(name, contender);
        });
    object.put("contenders", contenders);
    Optional<Ratio> ratio = figure.ratio();
    figure.bestPeer().ifPresent(best -> object.put("bestPeer", best));
    ratio.ifPresent(r -> object.put("ratio", r.isClear() ? r.value() : null));
    object.put(
        "targets",
        figure.verdicts().stream()
            .map(v -> Map.of("target", v.target().toString(), "reached", v.reached().name()))
            .toList());
    return object;
  }

  String markdown(String chart) {
    var text = new StringBuilder("# " + title + "\n\n");
    text.append("```sh\n").append(command).append("\n```\n\n");
    machine.forEach(
        (name, value) -> text.append("* ").append(name).append(": ").append(value).append('\n'));
    text.append('\n');
    notes.forEach(note -> text.append(note).append("\n\n"));
    text.append("![").append(title).append("](").append(chart).append(")\n\n");
    return text.append(MarkdownTable.of(figures)).toString();
  }
}
