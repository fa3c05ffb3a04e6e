package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.ProcessTimes;
import io.harborgateway.benchmarks.load.Slice;
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

/**
 * From exec to the first answer of the upstream through TLS (docker-proxy: through TCP), and the
 * resident memory after it. On one core, like all that is compared.
 */
final class StartRow implements Row {
  private static final int LEAST_ROUNDS = 5;

  private final List<Contender> peers =
      List.of(Contender.NGINX, Contender.HAPROXY, Contender.DOCKER_PROXY);

  @Override
  public String id() {
    return "start";
  }

  @Override
  public Duration estimate(Pace pace, int gateways) {
    return Duration.ofMillis(1_500).multipliedBy((long) rounds(pace) * (gateways + peers.size()));
  }

  private static int rounds(Pace pace) {
    return pace.isQuick() ? pace.rounds() : Math.max(LEAST_ROUNDS, pace.rounds());
  }

  @Override
  public List<Figure> run(Bench bench) throws IOException, InterruptedException {
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    Map<String, List<Double>> megabytes = new LinkedHashMap<>();
    // The first one is not counted: it brings the programs' files into memory.
    for (int round = 0; round <= rounds(bench.pace()); round++) {
      for (Contender contender : bench.with(peers)) {
        Started started = start(bench.stage(), contender);
        if (round > 0) {
          millis.computeIfAbsent(contender.name(), n -> new ArrayList<>()).add(started.millis);
          megabytes
              .computeIfAbsent(contender.name(), n -> new ArrayList<>())
              .add(started.megabytes);
        }
        bench
            .progress()
            .step(
                "round %d of %d, %s: %s ms, %s MB"
                    .formatted(
                        round,
                        rounds(bench.pace()),
                        contender.name(),
                        MarkdownTable.number(started.millis),
                        MarkdownTable.number(started.megabytes)));
      }
    }
    return List.of(
        figure("start-time", "start to the first TLS response", "ms", millis, 300),
        figure("start-memory", "resident memory after it", "MB", megabytes, 90));
  }

  private record Started(double millis, double megabytes) {}

  private static Started start(Stage stage, Contender contender)
      throws IOException, InterruptedException {
    boolean tcp = contender.kind() == Contender.Kind.DOCKER_PROXY;
    Stage.Prepared prepared = stage.prepare(contender, Map.of());
    Slice slice = Rows.small(tcp ? TlsMode.NONE : TlsMode.TLS13);
    int port = prepared.port(tcp ? Entry.TCP : Entry.HTTPS);
    stage.agent().lookForAnswer(slice.on(port, List.of()));
    long from = System.nanoTime();
    try (Proxy proxy = prepared.start()) {
      long to = stage.agent().firstAnswer(contender.name());
      return new Started((to - from) / 1e6, ProcessTimes.residentBytes(proxy.pids()) / 1e6);
    }
  }

  private Figure figure(
      String id, String title, String unit, Map<String, List<Double>> values, double target) {
    return new Figure(
        id,
        title,
        unit,
        Samples.of(values, Double::doubleValue),
        peers.stream().map(Contender::name).toList(),
        List.of(Target.value(target)),
        Map.of());
  }
}
