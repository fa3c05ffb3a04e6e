package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
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
import java.util.function.ToDoubleFunction;

/**
 * What slices of load cost: all contenders are up at once, each is warmed up with the load, then
 * they take turns.
 */
final class SliceRow implements Row {
  private final String id;
  private final Entry entry;
  private final List<Contender> peers;
  private final List<Part> parts = new ArrayList<>();

  /** One load, and what is read off it. */
  private record Part(String suffix, Slice slice, List<Metric> metrics) {}

  /**
   * One figure of a slice.
   *
   * @param suffix tells it from the others of the row
   * @param value lower is better
   */
  record Metric(
      String suffix,
      String title,
      String unit,
      ToDoubleFunction<SliceResult> value,
      List<Target> targets) {
    /** CPU time for each exchange, connection or handshake. */
    static Metric micros(String title, String what, Target... targets) {
      return new Metric(
          "",
          title,
          "CPU µs/" + what,
          result -> 1e6 * result.cpuSeconds() / result.units(),
          List.of(targets));
    }

    /** CPU time for 10^9 bytes of bodies. */
    static Metric millisPerGb(String title, Target... targets) {
      return new Metric(
          "",
          title,
          "CPU ms/GB",
          result -> 1e3 * result.cpuSeconds() / (result.bytes() / 1e9),
          List.of(targets));
    }
  }

  SliceRow(String id, Entry entry, Contender... peers) {
    this.id = id;
    this.entry = entry;
    this.peers = List.of(peers);
  }

  /** Adds a load; the row warms up with the last one's. */
  SliceRow load(String suffix, Slice slice, Metric... metrics) {
    parts.add(new Part(suffix, slice, List.of(metrics)));
    return this;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Duration estimate(Pace pace, int gateways) {
    long slices = (long) pace.rounds() * (gateways + peers.size()) * parts.size();
    return Duration.ofSeconds(3)
        .plus(pace.warmUp().multipliedBy(gateways))
        .plus(pace.peerWarmUp().multipliedBy(peers.size()))
        .plus(pace.ramp().plus(pace.steady()).multipliedBy(slices));
  }

  @Override
  public List<Figure> run(Bench bench) throws IOException, InterruptedException {
    List<Proxy> proxies = new ArrayList<>();
    try {
      for (Contender contender : bench.with(peers)) {
        proxies.add(bench.stage().start(contender));
      }
      for (Proxy proxy : proxies) {
        bench.progress().step("warming up " + proxy.name());
        bench.slices().warmUp(proxy, parts.getLast().slice().on(proxy.port(entry), List.of()));
      }
      List<Figure> figures = new ArrayList<>();
      for (Part part : parts) {
        figures.addAll(measure(bench, proxies, part));
      }
      return figures;
    } finally {
      proxies.forEach(Proxy::close);
    }
  }

  private List<Figure> measure(Bench bench, List<Proxy> proxies, Part part) throws IOException {
    Map<String, List<SliceResult>> results = new LinkedHashMap<>();
    Pace pace = bench.pace();
    for (int round = 1; round <= pace.rounds(); round++) {
      for (Proxy proxy : proxies) {
        Slice slice = part.slice().on(proxy.port(entry), proxy.pids());
        SliceResult result =
            bench.slices().measure(proxy.name(), slice.lasting(pace.ramp(), pace.steady()));
        results.computeIfAbsent(proxy.name(), name -> new ArrayList<>()).add(result);
        Metric first = part.metrics().getFirst();
        bench
            .progress()
            .step(
                "%s round %d of %d, %s: %s %s, %.0f%% of a core%s"
                    .formatted(
                        part.suffix(),
                        round,
                        pace.rounds(),
                        proxy.name(),
                        MarkdownTable.number(first.value().applyAsDouble(result)),
                        first.unit(),
                        100 * result.cpuSeconds() / result.seconds(),
                        Slices.disturbance(result)));
      }
    }
    return part.metrics().stream().map(metric -> figure(part, metric, results)).toList();
  }

  private Figure figure(Part part, Metric metric, Map<String, List<SliceResult>> results) {
    String name = id;
    for (String suffix : List.of(part.suffix(), metric.suffix())) {
      name += suffix.isEmpty() ? "" : "-" + suffix;
    }
    return new Figure(
        name,
        metric.title(),
        metric.unit(),
        Samples.of(results, metric.value()),
        peers.stream().map(Contender::name).toList(),
        metric.targets(),
        Samples.of(
            results,
            metric.unit().endsWith("/GB")
                ? result -> result.bytes() / result.seconds()
                : result -> result.units() / result.seconds()));
  }
}
