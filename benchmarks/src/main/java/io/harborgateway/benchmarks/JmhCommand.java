package io.harborgateway.benchmarks;

import io.harborgateway.benchmarks.report.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import picocli.CommandLine.Option;

/** Runs JMH's benchmarks with the gc profiler, and prints and writes what came out. */
abstract class JmhCommand implements Callable<Integer> {
  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private final String name;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where NAME.json (JMH's own format) and NAME.md go (default: nowhere).")
  private @Nullable Path out;

  JmhCommand(String name) {
    this.name = name;
  }

  /** Returns what is to be run. */
  abstract ChainedOptionsBuilder options() throws Exception;

  @Override
  public Integer call() throws Exception {
    Collection<RunResult> results = run(options());
    String table = table(results);
    System.out.println(table);
    if (out != null) {
      Files.createDirectories(out);
      Path json = out.resolve(name + ".json");
      ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString()).writeOut(results);
      Files.writeString(out.resolve(name + ".md"), "# bin/bench " + name + "\n\n" + table);
    }
    return 0;
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options)
      throws RunnerException, IOException {
    return new Runner(options.addProfiler(GCProfiler.class).shouldFailOnError(true).build()).run();
  }

  /** Returns the results as a table of Markdown. */
  static String table(Collection<RunResult> results) {
    var text = new StringBuilder("| benchmark | with | time | ± | unit | B/op |\n");
    text.append("|---|---|---:|---:|---|---:|\n");
    for (RunResult run : results) {
      Result<?> time = run.getPrimaryResult();
      Result<?> allocated = run.getSecondaryResults().get(ALLOCATION);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s |%n",
              run.getParams().getBenchmark().replaceAll(".*\\.([^.]+\\.[^.]+)$", "$1"),
              parameters(run),
              MarkdownTable.number(time.getScore()),
              Double.isNaN(time.getScoreError()) ? "" : MarkdownTable.number(time.getScoreError()),
              time.getScoreUnit(),
              allocated == null ? "" : String.format(Locale.ROOT, "%.0f", allocated.getScore())));
    }
    return text.toString();
  }

  private static String parameters(RunResult run) {
    Map<String, String> parameters = new TreeMap<>();
    run.getParams()
        .getParamsKeys()
        .forEach(key -> parameters.put(key, run.getParams().getParam(key)));
    return String.join(
        ", ", parameters.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
  }
}
