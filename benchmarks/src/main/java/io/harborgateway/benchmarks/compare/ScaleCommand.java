package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.benchmarks.report.Figure;
import io.harborgateway.benchmarks.report.LineChart;
import io.harborgateway.benchmarks.report.Machine;
import io.harborgateway.benchmarks.report.MarkdownTable;
import io.harborgateway.benchmarks.report.Report;
import io.harborgateway.benchmarks.report.Samples;
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
import picocli.CommandLine.Option;

/**
 * {@code bin/bench scale}: what a request costs, however many connections and instances there are.
 */
@Command(
    name = "scale",
    mixinStandardHelpOptions = true,
    description =
        "Measures the cost of a request with 1 and 2 event loops, 10 to 10,000 connections, and 10"
            + " to 100,000 instances.")
public final class ScaleCommand implements Callable<Integer> {
  private static final List<Integer> CONNECTIONS = List.of(10, 100, 1_000, 10_000);
  private static final List<Integer> INSTANCES = List.of(10, 1_000, 100_000);
  private static final List<Integer> QUICK_INSTANCES = List.of(10, 1_000, 5_000);
  private static final int IN_FLIGHT = 10;
  private static final int NAMES_ASKED = 1_000;
  private static final int LONGEST_START_SECONDS = 300;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds (default: 3; 1 with --quick).")
  private int rounds;

  @Option(names = "--quick", description = "Short slices, at most 5,000 instances.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where scale.json, scale.md and scale.svg go (default: nowhere).")
  private @Nullable Path out;

  private final List<String> disturbed = new ArrayList<>();
  private final Map<String, Map<String, List<Double>>> costs = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    int times = rounds > 0 ? rounds : quick ? 1 : 3;
    Pace pace = quick ? Pace.quick(times) : Pace.full(times);
    Contender gateway = CompareCommand.gateway();
    try (var stage = new Stage()) {
      var slices = new Slices(stage.agent(), pace, disturbed);
      for (int loops : List.of(1, 2)) {
        connections(stage, slices, gateway, loops);
      }
      for (int count : quick ? QUICK_INSTANCES : INSTANCES) {
        instances(stage, slices, gateway, count);
      }
    }
    List<Figure> figures = figures();
    System.out.println(MarkdownTable.of(figures));
    if (out != null) {
      Report report =
          new Report(
              "The cost of a request at scale",
              "bin/bench scale" + (quick ? " --quick" : "") + " --rounds " + times,
              Machine.describe(),
              List.of(
                  CompareCommand.disturbance(disturbed),
                  "HTTPS keep-alive, 256 B, CPU time of the whole gateway for each request; "
                      + IN_FLIGHT
                      + " requests in flight, in which all connections take turns. Each connection"
                      + " of the lines with many instances has the name of another one, up to "
                      + NAMES_ASKED
                      + ". With two event loops the client has no core of its own."),
              figures);
      report.write(out, "scale", LineChart.of("The cost of a request at scale", charts()));
      System.out.println("written: " + out.resolve("scale.{md,json,svg}"));
    }
    return 0;
  }

  private void connections(Stage stage, Slices slices, Contender gateway, int loops)
      throws IOException, InterruptedException {
    String line = loops == 1 ? "1 event loop" : loops + " event loops";
    Stage.Prepared prepared = stage.prepare(gateway, Map.of("event_loops", loops));
    try (Proxy proxy = prepared.start(loops == 1 ? Stage.PROXY_CORE : "0,1")) {
      proxy.process().awaitPort(proxy.port(Entry.HTTPS), LONGEST_START_SECONDS);
      Slice slice =
          Rows.small(TlsMode.TLS13).inFlight(IN_FLIGHT).on(proxy.port(Entry.HTTPS), proxy.pids());
      say("warming up with " + line);
      slices.warmUp(proxy, slice.connections(100));
      for (int round = 1; round <= slices.pace().rounds(); round++) {
        for (int count : CONNECTIONS) {
          measure(slices, proxy, slice.connections(count), count + " connections", line);
        }
      }
    }
  }

  private void instances(Stage stage, Slices slices, Contender gateway, int count)
      throws IOException, InterruptedException {
    say("issuing " + count + " certificates");
    Instances instances = stage.instances(count);
    try (Proxy proxy = stage.prepare(gateway, instances).start()) {
      proxy.process().awaitPort(proxy.port(Entry.HTTPS), LONGEST_START_SECONDS);
      Slice slice =
          Rows.small(TlsMode.TLS13)
              .serverNames(instances.names(NAMES_ASKED))
              .connections(NAMES_ASKED)
              .inFlight(IN_FLIGHT)
              .on(proxy.port(Entry.HTTPS), proxy.pids());
      proxy.awaitRest();
      say("warming up with " + count + " instances");
      slices.warmUp(proxy, slice);
      for (int round = 1; round <= slices.pace().rounds(); round++) {
        measure(slices, proxy, slice, count + " instances", "1 event loop");
      }
    }
  }

  private void measure(Slices slices, Proxy proxy, Slice slice, String what, String line)
      throws IOException {
    Pace pace = slices.pace();
    // The first turn of each connection is another path than the next ones.
    Duration ramp = pace.ramp().plusMillis(slice.connections() / 10);
    SliceResult result = slices.measure(what, slice.lasting(ramp, pace.steady()));
    double cost = 1e6 * result.cpuSeconds() / result.units();
    costs
        .computeIfAbsent(what, name -> new LinkedHashMap<>())
        .computeIfAbsent(line, name -> new ArrayList<>())
        .add(cost);
    say(
        "%s, %s (%s): %s CPU µs/request%s"
            .formatted(
                line, what, proxy.name(), MarkdownTable.number(cost), Slices.disturbance(result)));
  }

  private static void say(String what) {
    System.err.println("scale: " + what);
  }

  private List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    costs.forEach((what, lines) ->
        figures.add(
            new Figure(
                what.replace(' ', '-'),
                what,
                "CPU µs/request",
                Samples.of(lines, Double::doubleValue),
                List.of(),
                List.of(),
                Map.of())));
    return figures;
  }

  private List<LineChart> charts() {
    return List.of(chart("connections"), chart("instances"));
  }

  private LineChart chart(String what) {
    List<String> numbers = new ArrayList<>();
    Map<String, List<Double>> lines = new LinkedHashMap<>();
    for (Figure figure : figures()) {
      if (figure.title().endsWith(what)) {
        numbers.add(figure.title().substring(0, figure.title().indexOf(' ')));
        figure
            .samples()
            .forEach((line, samples) ->
                lines.computeIfAbsent(line, n -> new ArrayList<>()).add(samples.median()));
      }
    }
    return new LineChart(
        "Cost of a request by " + what,
        "CPU µs/request",
        what,
        numbers,
        lines.entrySet().stream().map(e -> new LineChart.Line(e.getKey(), e.getValue())).toList());
  }
}
