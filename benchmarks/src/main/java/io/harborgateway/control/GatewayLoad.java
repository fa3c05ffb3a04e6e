package io.harborgateway.control;

import io.harborgateway.benchmarks.compare.Ports;
import io.harborgateway.benchmarks.load.Backend;
import io.harborgateway.benchmarks.load.LoadClient;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.TlsMode;
import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import io.harborgateway.http.AccessLog;
import io.harborgateway.snapshot.SnapshotBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole gateway in this JVM on real sockets, with one event loop, between a lean client and a
 * lean backend that have one each: wall time for each exchange, all connections busy. Allocation is
 * that of all three. {@code bin/bench load} runs it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GatewayLoad {
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final String NAME = GUID + ".registry.example.com";
  private static final int BATCH = 100;

  /** The protocol of the listener. */
  @Param({"tcp", "http", "https"})
  public String mode = "https";

  /** Open at the same time. */
  @Param("64")
  public int connections = 64;

  /** Of each response. */
  @Param("256")
  public int bodyBytes = 256;

  /** Whether connections are kept, or each exchange has its own. */
  @Param("true")
  public boolean keepAlive = true;

  /** The version of TLS, for https. */
  @Param("1.3")
  public String tls = "1.3";

  private @Nullable Path folder;
  private @Nullable Backend backend;
  private @Nullable Gateway gateway;
  private @Nullable LoadClient client;

  @Setup
  public void start() throws Exception {
    Path files = Files.createTempDirectory("gateway-load-");
    folder = files;
    Instant now = Instant.now();
    CertificateAuthority.create("bench CA", KeyType.EC_P256, now, Duration.ofDays(2))
        .issue(
            new IssueRequest(
                List.of(DnsName.parse(NAME)), List.of(), KeyType.EC_P256, now, Duration.ofDays(1)))
        .write(files.resolve("chain.pem"), files.resolve("key.pem"), OverwriteMode.REFUSE);
    var origin = new Backend(0);
    backend = origin;
    Path config = Files.writeString(files.resolve("gateway.yml"), yaml(origin));
    var file = new ConfigFile(config, Map.of());
    gateway = Gateway.start(SnapshotBuilder.load(config, Map.of(), now), file, AccessLog.OFF);
    gateway.awaitStarted();
  }

  private String yaml(Backend origin) throws IOException {
    var ports = new Ports();
    return """
    node: {event-loops: 1, drain-timeout: 1s}
    instances:
      - guid: %s
        domain: registry.example.com
        certificate: {chain: chain.pem, key: key.pem}
    listeners:
      - name: load
        address: 127.0.0.1
        port: %d
        protocol: %s
        upstream: {address: "127.0.0.1:%d", max-idle-connections: 10000}
    limits: {max-connections: 100000}
    admin: {port: %d}
    """
        .formatted(GUID, ports.next(), mode, origin.address().getPort(), ports.next());
  }

  /** Opens the connections, which then work on through the whole iteration. */
  @Setup(Level.Iteration)
  public void open() throws IOException, InterruptedException {
    var opened = new LoadClient();
    client = opened;
    TlsMode secured =
        !mode.equals("https") ? TlsMode.NONE : tls.equals("1.3") ? TlsMode.TLS13 : TlsMode.TLS12;
    opened.begin(
        Slice.exchanges(secured, NAME, "/bytes/" + bodyBytes, 0, bodyBytes)
            .kind(keepAlive ? Slice.Kind.EXCHANGES : Slice.Kind.CONNECTIONS)
            .connections(connections)
            .on(Objects.requireNonNull(gateway).address("load").getPort(), List.of()));
  }

  @TearDown(Level.Iteration)
  public void closeConnections() throws InterruptedException {
    Objects.requireNonNull(client).close();
  }

  @TearDown
  public void stop() throws IOException, InterruptedException {
    Objects.requireNonNull(gateway).close();
    Objects.requireNonNull(backend).close();
    try (Stream<Path> files = Files.walk(Objects.requireNonNull(folder))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Waits for so many more exchanges. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void exchange() throws InterruptedException {
    Objects.requireNonNull(client).awaitUnits(BATCH);
  }
}
