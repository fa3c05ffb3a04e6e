package io.harborgateway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, once and in this JVM: its figures mean nothing here. */
class BenchmarksRunTest {
  @TestFactory
  List<DynamicTest> everyBenchmarkRunsForEachOfItsParameters() {
    return names().stream()
        .sorted()
        .map(name -> DynamicTest.dynamicTest(name, () -> runOnce(name)))
        .toList();
  }

  @Test
  void benchmarksAreFound() {
    assertThat(names())
        .contains(
            "io.harborgateway.logging.AccessLogLine.onEventLoop",
            "io.harborgateway.control.GatewayLoad.exchange",
            "io.harborgateway.benchmarks.RegisterMessageEncoding.encode",
            "io.harborgateway.benchmarks.RouteLookup.known",
            "io.harborgateway.benchmarks.RouteLookup.sni",
            "io.harborgateway.http.head.HeadParse.forward",
            "io.harborgateway.http.head.HeadParse.rewrite");
  }

  private static Set<String> names() {
    var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    return BenchmarkList.defaultList().getAll(silent, List.of()).stream()
        .map(entry -> entry.getUsername())
        .collect(Collectors.toSet());
  }

  private static void runOnce(String name) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + name.replace(".", "\\.") + "$")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results).isNotEmpty();
  }
}
