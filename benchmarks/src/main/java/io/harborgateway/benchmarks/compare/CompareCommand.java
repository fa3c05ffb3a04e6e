package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.report.Figure;
import io.harborgateway.benchmarks.report.Machine;
import io.harborgateway.benchmarks.report.MarkdownTable;
import io.harborgateway.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/bench compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Measures the gateway beside docker-proxy, nginx and haproxy on this machine.")
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "NAME",
      description = "Only these rows (default: all).")
  private List<String> rows = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of each contender (default: 3; 2 with --quick).")
  private int rounds;

  @Option(
      names = "--quick",
      description = "A few minutes for all; too short for figures that hold.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where compare.json, compare.md and compare.svg go (default: nowhere).")
  private @Nullable Path out;

  @Option(
      names = "--also",
      paramLabel = "NAME=LAUNCHER",
      description = "One more build of the gateway, by its bin/harbor-gateway; may be repeated.")
  private Map<String, Path> also = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Row> chosen = chosen();
    int times = rounds > 0 ? rounds : quick ? 2 : 3;
    Pace pace = quick ? Pace.quick(times) : Pace.full(times);
    List<Contender> gateways = gateways();
    List<Figure> figures = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    List<String> disturbed = new ArrayList<>();
    Duration total =
        chosen.stream()
            .map(row -> row.estimate(pace, gateways.size()))
            .reduce(Duration.ZERO, Duration::plus);
    System.err.printf(
        "%d rows, rounds: %d; about %d min%n", chosen.size(), times, 1 + total.toSeconds() / 60);
    try (var stage = new Stage()) {
      var progress = new Progress(System.err, chosen.size(), total);
      var bench = new Bench(stage, pace, gateways, progress, disturbed);
      for (Row row : chosen) {
        progress.begin(row.id());
        try {
          figures.addAll(row.run(bench));
        } catch (IOException | RuntimeException e) {
          // The other rows are still worth their time; the run as a whole has failed.
          progress.step("FAILED: " + e.getMessage());
          failures.add("**" + row.id() + " failed:** `" + firstLine(e) + "`");
        }
        progress.end(row.estimate(pace, gateways.size()));
        if (out != null) { // after each row: a run that is broken off keeps what it has
          List<String> missing = ids(chosen.subList(chosen.indexOf(row) + 1, chosen.size()));
          report(pace, figures, remarks(failures, disturbed, missing)).write(out, "compare");
        }
      }
    }
    System.out.println(MarkdownTable.of(figures));
    remarks(failures, disturbed, List.of()).forEach(System.out::println);
    if (out != null) {
      System.out.println("written: " + out.resolve("compare.{md,json,svg}"));
    }
    return failures.isEmpty() ? 0 : 1;
  }

  private static List<String> remarks(
      List<String> failures, List<String> disturbed, List<String> missing) {
    List<String> remarks = new ArrayList<>(failures);
    if (!missing.isEmpty()) {
      remarks.add("**Broken off before these rows: " + String.join(", ", missing) + ".**");
    }
    remarks.add(disturbance(disturbed));
    return remarks;
  }

  private static List<String> ids(List<Row> rows) {
    return rows.stream().map(Row::id).toList();
  }

  private static String firstLine(Exception failure) {
    return failure.toString().lines().findFirst().orElse("");
  }

  private Report report(Pace pace, List<Figure> figures, List<String> remarks) throws IOException {
    Map<String, String> machine = new LinkedHashMap<>(Machine.describe());
    machine.putAll(Programs.versions());
    List<String> notes = new ArrayList<>();
    notes.add(
        "Rounds: %d. Each value is the median, ± half of what lies between the least and the most."
            .formatted(pace.rounds()));
    notes.addAll(remarks);
    if (pace.isQuick()) {
      notes.add("**Measured with `--quick`: too short a warm-up for figures that hold.**");
    }
    return new Report(
        "The gateway beside its peers",
        "bin/bench " + String.join(" ", arguments()),
        machine,
        notes,
        figures);
  }

  /** What the command was called with, but for where its files go. */
  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    for (String argument : spec.commandLine().getParseResult().originalArgs()) {
      arguments.add(argument);
    }
    int at = arguments.indexOf("--out");
    if (at >= 0) {
      arguments.subList(at, Math.min(at + 2, arguments.size())).clear();
    }
    return arguments;
  }

  private List<Row> chosen() {
    List<Row> all = Rows.all();
    List<String> names = ids(all);
    for (String name : rows) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--rows: \"" + name + "\" (expected: of " + names + ")");
      }
    }
    return rows.isEmpty() ? all : all.stream().filter(row -> rows.contains(row.id())).toList();
  }

  private List<Contender> gateways() {
    List<Contender> gateways = new ArrayList<>();
    gateways.add(gateway());
    also.forEach((name, launcher) ->
        gateways.add(new Contender(name, Contender.Kind.GATEWAY, launcher.toAbsolutePath())));
    return gateways;
  }

  /** Says whether other programs were at work. */
  static String disturbance(List<String> disturbed) {
    return disturbed.isEmpty()
        ? "No slice was disturbed by other programs."
        : "**Disturbed: other programs kept more than a tenth of a core busy in %d slices.**"
            .formatted(disturbed.size());
  }

  /** Returns the gateway of this checkout. */
  static Contender gateway() {
    Path home = Path.of(System.getProperty("harbor-gateway.home", "."));
    return new Contender(
        Figure.GATEWAY, Contender.Kind.GATEWAY, home.resolve("bin/harbor-gateway"));
  }
}
