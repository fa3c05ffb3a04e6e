package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.ProcessTimes;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.benchmarks.report.Figure;
import io.harborgateway.benchmarks.report.MarkdownTable;
import io.harborgateway.benchmarks.report.Samples;
import io.harborgateway.benchmarks.report.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to know many certificates that hardly anybody asks for: each contender runs with 10
 * and with 100,000 of them, and the handshakes are with one name. Shown is what the second process
 * takes beyond the first: CPU time of a handshake as a ratio, memory and time to start as a
 * difference.
 */
final class InstancesRow implements Row {
  private static final int FEW = 10;
  private static final int MANY = 100_000;
  private static final int QUICK_MANY = 10_000;
  private static final double LONG_MILLIS = 10_000;

  /** nginx reads a file for each handshake; haproxy loads all. */
  private final List<Contender> peers = List.of(Contender.NGINX, Contender.HAPROXY);

  private static int many(Pace pace) {
    return pace.isQuick() ? QUICK_MANY : MANY;
  }

  @Override
  public String id() {
    return "instances";
  }

  @Override
  public Duration estimate(Pace pace, int gateways) {
    int all = gateways + peers.size();
    Duration issue = Duration.ofMillis(many(pace) * 8L / 10);
    Duration starts = Duration.ofMillis((long) many(pace) * all / 5);
    return issue
        .plus(starts)
        .plus(pace.warmUp().multipliedBy(2L * gateways))
        .plus(pace.ramp().plus(pace.steady()).multipliedBy(2L * pace.rounds() * all));
  }

  @Override
  public List<Figure> run(Bench bench) throws IOException, InterruptedException {
    int many = many(bench.pace());
    bench.progress().step("issuing " + many + " certificates");
    Instances instances = bench.stage().instances(many);
    Map<String, List<Double>> costs = new LinkedHashMap<>();
    Map<String, List<Double>> memory = new LinkedHashMap<>();
    Map<String, List<Double>> starts = new LinkedHashMap<>();
    for (Contender contender : bench.with(peers)) {
      try {
        measure(bench, contender, instances, starts, memory, costs);
      } catch (IOException e) {
        if (!contender.isPeer()) {
          throw e;
        }
        bench.progress().step("no figure: " + e.getMessage());
      }
    }
    return List.of(
        figure("cost", many + " certificates: CPU of a handshake", "× that with 10", costs, 1.05),
        figure("memory", many + " certificates: memory", "KB/certificate", memory, 2),
        figure("start", many + " certificates: start", "ms more than with 10", starts, 1_000));
  }

  /** Starts are repeated, unless they take minutes; handshakes are those of the last pair. */
  private static void measure(
      Bench bench,
      Contender contender,
      Instances instances,
      Map<String, List<Double>> starts,
      Map<String, List<Double>> memory,
      Map<String, List<Double>> costs)
      throws IOException, InterruptedException {
    // Not counted: the first start after a build makes the AOT cache, and fills the page cache.
    start(bench, contender, instances.first(FEW)).close();
    List<Double> more = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    boolean last = false;
    for (int round = 1; !last; round++) {
      try (Running few = start(bench, contender, instances.first(FEW));
          Running all = start(bench, contender, instances)) {
        more.add(all.millis - few.millis);
        bytes.add((all.bytes - few.bytes) / 1e3 / (instances.count() - FEW));
        last = round == bench.pace().rounds() || all.millis > LONG_MILLIS;
        if (last) {
          starts.put(contender.name(), more);
          memory.put(contender.name(), bytes);
          few.proxy.awaitRest();
          all.proxy.awaitRest();
          costs.put(contender.name(), ratios(bench, few.proxy, all.proxy));
        }
      }
    }
  }

  private Figure figure(
      String suffix, String title, String unit, Map<String, List<Double>> values, double target) {
    return new Figure(
        "instances-" + suffix,
        title,
        unit,
        Samples.of(values, Double::doubleValue),
        // A ratio of ratios would tell nobody anything.
        List.of(),
        List.of(Target.value(target)),
        Map.of());
  }

  /** A proxy that has answered once. */
  private record Running(Proxy proxy, double millis, long bytes) implements AutoCloseable {
    @Override
    public void close() {
      proxy.close();
    }
  }

  private static Running start(Bench bench, Contender contender, Instances instances)
      throws IOException, InterruptedException {
    bench
        .progress()
        .step("starting %s with %d certificates".formatted(contender.name(), instances.count()));
    Stage.Prepared prepared = bench.stage().prepare(contender, instances);
    long from = System.nanoTime();
    Proxy proxy = prepared.start();
    try {
      // One that loads for minutes must not be asked every half millisecond.
      proxy.process().awaitPort(proxy.port(Entry.HTTPS), 300);
      Slice slice = Rows.small(TlsMode.TLS13);
      bench.stage().agent().lookForAnswer(slice.on(proxy.port(Entry.HTTPS), List.of()));
      long to = bench.stage().agent().firstAnswer(contender.name());
      TimeUnit.SECONDS.sleep(1);
      long bytes = ProcessTimes.residentBytes(proxy.pids());
      bench
          .progress()
          .step(
              "%s with %d certificates: %.0f ms, %.0f MB"
                  .formatted(contender.name(), instances.count(), (to - from) / 1e6, bytes / 1e6));
      return new Running(proxy, (to - from) / 1e6, bytes);
    } catch (IOException | InterruptedException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  private static List<Double> ratios(Bench bench, Proxy few, Proxy all) throws IOException {
    Slice slice = Rows.handshakes(TlsMode.TLS13);
    for (Proxy proxy : List.of(few, all)) {
      bench.slices().warmUp(proxy, slice.on(proxy.port(Entry.HTTPS), List.of()));
    }
    List<Double> ratios = new ArrayList<>();
    for (int round = 1; round <= bench.pace().rounds(); round++) {
      double ratio = cost(bench, slice, all) / cost(bench, slice, few);
      ratios.add(ratio);
      bench
          .progress()
          .step(
              "round %d of %d, %s: %s × the cost with %d"
                  .formatted(
                      round, bench.pace().rounds(), few.name(), MarkdownTable.number(ratio), FEW));
    }
    return ratios;
  }

  private static double cost(Bench bench, Slice slice, Proxy proxy) throws IOException {
    SliceResult result =
        bench
            .slices()
            .measure(
                proxy.name(),
                slice
                    .on(proxy.port(Entry.HTTPS), proxy.pids())
                    .lasting(bench.pace().ramp(), bench.pace().steady()));
    return result.cpuSeconds() / result.units();
  }
}
