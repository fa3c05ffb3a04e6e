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
 * CPU time for a unit of work: all contenders are up at once, each is warmed up with the work, then
 * they take turns.
 */
final class CostRow implements Row {
  /** Microseconds for each unit. */
  static final Quantity MICROS_PER_UNIT = new Quantity(1e6, SliceResult::units);

  /** Milliseconds for each 10^9 bytes of bodies. */
  static final Quantity MILLIS_PER_GB = new Quantity(1e3, result -> result.bytes() / 1e9);

  private final String id;
  private final Entry entry;
  private final List<Contender> peers;
  private final Quantity quantity;
  private final List<Part> parts = new ArrayList<>();

  /**
   * What is divided by what.
   *
   * @param scale of the CPU seconds
   * @param work of a slice
   */
  record Quantity(double scale, ToDoubleFunction<SliceResult> work) {
    double cost(SliceResult result) {
      return scale * result.cpuSeconds() / work.applyAsDouble(result);
    }
  }

  private record Part(
      String suffix, String title, String unit, Slice slice, List<Target> targets) {}

  CostRow(String id, Entry entry, Quantity quantity, Contender... peers) {
    this.id = id;
    this.entry = entry;
    this.quantity = quantity;
    this.peers = List.of(peers);
  }

  /** Adds a figure; the last one's load is what the row warms up with. */
  CostRow figure(String suffix, String title, String unit, Slice slice, Target... targets) {
    parts.add(new Part(suffix, title, unit, slice, List.of(targets)));
    return this;
  }

  @Override
  public String id() {
    return id;
  }

  private List<Contender> contenders(Bench bench) {
    return bench.with(peers.toArray(Contender[]::new));
  }

  @Override
  public Duration estimate(Bench bench) {
    Pace pace = bench.pace();
    int gateways = bench.gateways().size();
    return Duration.ofSeconds(3)
        .plus(pace.warmUp().multipliedBy(gateways))
        .plus(pace.peerWarmUp().multipliedBy(peers.size()))
        .plus(
            pace.ramp()
                .plus(pace.steady())
                .multipliedBy((long) pace.rounds() * (gateways + peers.size()) * parts.size()));
  }

  @Override
  public List<Figure> run(Bench bench) throws IOException, InterruptedException {
    List<Proxy> proxies = new ArrayList<>();
    try {
      for (Contender contender : contenders(bench)) {
        proxies.add(bench.stage().start(contender));
      }
      Slice warmUp = parts.getLast().slice();
      for (Proxy proxy : proxies) {
        bench.progress().step("warming up " + proxy.name());
        boolean peer = proxy.contender().isPeer();
        slice(
            bench,
            proxy,
            warmUp.lasting(
                Duration.ZERO, peer ? bench.pace().peerWarmUp() : bench.pace().warmUp()));
      }
      List<Figure> figures = new ArrayList<>();
      for (Part part : parts) {
        figures.add(measure(bench, proxies, part));
      }
      return figures;
    } finally {
      proxies.forEach(Proxy::close);
    }
  }

  private Figure measure(Bench bench, List<Proxy> proxies, Part part) throws IOException {
    Map<String, List<Double>> costs = new LinkedHashMap<>();
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    Pace pace = bench.pace();
    for (int round = 1; round <= pace.rounds(); round++) {
      for (Proxy proxy : proxies) {
        SliceResult result = slice(bench, proxy, part.slice().lasting(pace.ramp(), pace.steady()));
        double cost = quantity.cost(result);
        double rate = quantity.work().applyAsDouble(result) / result.seconds();
        costs.computeIfAbsent(proxy.name(), name -> new ArrayList<>()).add(cost);
        rates.computeIfAbsent(proxy.name(), name -> new ArrayList<>()).add(rate);
        bench
            .progress()
            .step(
                "%sround %d of %d: %s: %s %s; %s/s, %.0f%% of a core"
                    .formatted(
                        part.suffix().isEmpty() ? "" : part.suffix() + ": ",
                        round,
                        pace.rounds(),
                        proxy.name(),
                        MarkdownTable.number(cost),
                        part.unit(),
                        MarkdownTable.number(rate),
                        100 * result.cpuSeconds() / result.seconds()));
      }
    }
    return new Figure(
        part.suffix().isEmpty() ? id : id + "-" + part.suffix(),
        part.title(),
        part.unit(),
        samples(costs),
        peers.stream().map(Contender::name).toList(),
        part.targets(),
        samples(rates));
  }

  private SliceResult slice(Bench bench, Proxy proxy, Slice slice) throws IOException {
    return bench.stage().agent().run(proxy.name(), slice.on(proxy.port(entry), proxy.pids()));
  }

  static Map<String, Samples> samples(Map<String, List<Double>> values) {
    Map<String, Samples> samples = new LinkedHashMap<>();
    values.forEach((name, list) -> samples.put(name, new Samples(list)));
    return samples;
  }
}
