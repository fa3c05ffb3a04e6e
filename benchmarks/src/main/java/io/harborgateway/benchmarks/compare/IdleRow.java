package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.ProcessTimes;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.benchmarks.report.Figure;
import io.harborgateway.benchmarks.report.MarkdownTable;
import io.harborgateway.benchmarks.report.Samples;
import io.harborgateway.benchmarks.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an idle connection takes: many are opened, one request is answered on each, and the growth
 * of the resident memory is shared among them. Each has a connection to the upstream, which stays
 * open too; that is checked. Every measurement has a process of its own, warmed up before by
 * connections that come and go, so that what grows is not the heap on its way to its usual size.
 */
final class IdleRow implements Row {
  private static final int QUICK_CONNECTIONS = 2_000;

  /** Two descriptors for each, in a process that may have 20,000. */
  private static final int CONNECTIONS = 7_500;

  /** docker-proxy has six for each. */
  private static final int DOCKER_PROXY_CONNECTIONS = 3_000;

  private static final int LONGEST_SETTLE_SECONDS = 20;

  /** What memory may change in a second and still be called settled, in bytes. */
  private static final long STILL = 256 << 10;

  private static final int STILL_SECONDS = 3;

  private final String id;
  private final String title;
  private final Entry entry;
  private final Target target;
  private final List<Contender> peers;

  private IdleRow(String id, String title, Entry entry, Target target, Contender... peers) {
    this.id = id;
    this.title = title;
    this.entry = entry;
    this.target = target;
    this.peers = List.of(peers);
  }

  static IdleRow tls() {
    return new IdleRow(
        "idle-tls",
        "idle TLS connection, upstream open",
        Entry.HTTPS_SINK,
        Target.ratioToBest(0.9),
        Contender.NGINX,
        Contender.HAPROXY);
  }

  static IdleRow tcp() {
    return new IdleRow(
        "idle-tcp",
        "idle TCP connection, upstream open",
        Entry.TCP,
        Target.ratioToBest(0.25),
        Contender.NGINX,
        Contender.HAPROXY,
        Contender.DOCKER_PROXY);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Duration estimate(Pace pace, int gateways) {
    Duration one = Duration.ofSeconds(12);
    return one.multipliedBy((long) pace.rounds() * (gateways + peers.size()))
        .plus(pace.warmUp().multipliedBy((long) pace.rounds() * gateways));
  }

  @Override
  public List<Figure> run(Bench bench) throws IOException, InterruptedException {
    Map<String, List<Double>> kibibytes = new LinkedHashMap<>();
    int rounds = bench.pace().rounds();
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : bench.with(peers)) {
        double value = measure(bench, contender);
        kibibytes.computeIfAbsent(contender.name(), name -> new ArrayList<>()).add(value);
        bench
            .progress()
            .step(
                "round %d of %d, %s: %s KB/connection"
                    .formatted(round, rounds, contender.name(), MarkdownTable.number(value)));
      }
    }
    return List.of(
        new Figure(
            id,
            title,
            "KB/connection",
            Samples.of(kibibytes, Double::doubleValue),
            peers.stream().map(Contender::name).toList(),
            List.of(target),
            Map.of()));
  }

  private double measure(Bench bench, Contender contender)
      throws IOException, InterruptedException {
    Agent agent = bench.stage().agent();
    int most =
        contender.kind() == Contender.Kind.DOCKER_PROXY ? DOCKER_PROXY_CONNECTIONS : CONNECTIONS;
    int count = bench.pace().isQuick() ? QUICK_CONNECTIONS : most;
    boolean tcp = entry == Entry.TCP;
    TlsMode tls = tcp ? TlsMode.NONE : TlsMode.TLS13;
    int upstream = tcp ? bench.stage().backendPort() : bench.stage().sinkPort();
    // Connections of one client only: the others would be closed as superfluous.
    try (Proxy proxy = bench.stage().start(contender, Map.of("reuse", "never"))) {
      Slice shortLived =
          Slice.exchanges(tls, Stage.SERVER_NAME, tcp ? "/small" : "/hold/1", 0, -1)
              .kind(Slice.Kind.CONNECTIONS)
              .connections(32)
              .on(proxy.port(entry), List.of());
      Duration warmUp = contender.isPeer() ? bench.pace().peerWarmUp() : bench.pace().warmUp();
      agent.run(contender.name(), shortLived.lasting(warmUp, Duration.ofMillis(200)));
      long before = settled(proxy);
      // All answers wait for the last request: none can have the upstream connection of another.
      String path = tcp ? "/small" : "/hold/" + count;
      Slice hold =
          Slice.exchanges(tls, Stage.SERVER_NAME, path, 0, -1)
              .kind(Slice.Kind.HOLD)
              .connections(count)
              .on(proxy.port(entry), List.of());
      agent.run(contender.name(), hold);
      try {
        long after = settled(proxy);
        // The sockets of Java are of the other family.
        long open =
            established(Files.readString(Path.of("/proc/net/tcp")), upstream)
                + established(Files.readString(Path.of("/proc/net/tcp6")), upstream);
        if (open < count) {
          throw new IOException(
              "%s: %d connections to the upstream are open (expected: %d)"
                  .formatted(contender.name(), open, count));
        }
        return (after - before) / 1e3 / count;
      } finally {
        agent.release();
      }
    }
  }

  /** Returns the resident memory when it has stopped changing: a compiler may still be at work. */
  private static long settled(Proxy proxy) throws IOException, InterruptedException {
    if (!proxy.contender().isPeer()) {
      // The pages of the young generation are there anyway, and would hide what lives in them. A
      // full collection moves what lives into the old one, where it takes pages of its own.
      proxy.collectGarbage();
    }
    long before = ProcessTimes.residentBytes(proxy.pids());
    int still = 0;
    for (int i = 0; i < LONGEST_SETTLE_SECONDS && still < STILL_SECONDS; i++) {
      TimeUnit.SECONDS.sleep(1);
      long now = ProcessTimes.residentBytes(proxy.pids());
      still = Math.abs(now - before) < STILL ? still + 1 : 0;
      before = now;
    }
    return before;
  }

  /** Counts the established connections of a /proc/net/tcp that were accepted on this port. */
  static long established(String table, int port) {
    String local = String.format(Locale.ROOT, ":%04X", port);
    return table
        .lines()
        .map(line -> line.strip().split(" +", -1))
        .filter(fields -> fields.length > 3 && fields[1].endsWith(local) && fields[3].equals("01"))
        .count();
  }
}
