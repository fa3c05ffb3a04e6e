package io.harborgateway.benchmarks;

import io.harborgateway.announce.nats.Endpoint;
import io.harborgateway.announce.nats.NodeIdentity;
import io.harborgateway.announce.nats.RegistryMessage;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.LoadBalancing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing one router.register message, as it is done for each route at each interval. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RegisterMessageEncoding {
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  /** Number of names in the message. */
  @Param({"1", "3", "20"})
  public int names = 1;

  private RegistryMessage message = message(1);

  @Setup(Level.Trial)
  public void fill() {
    message = message(names);
  }

  private static RegistryMessage message(int count) {
    List<HostName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(HostName.of(GUID + ".route-" + i + ".registry.example.com"));
    }
    var fields =
        new AnnouncedRouteConfig(
            "https",
            List.of(),
            Map.of("component", "harbor", "instance", GUID),
            "harbor",
            0,
            null,
            null,
            null,
            LoadBalancing.LEAST_CONNECTION);
    return new RegistryMessage(
            names.stream().map(HostName::value).toList(),
            Endpoint.tls(443, names.getFirst()),
            NodeIdentity.starting("10.0.16.5", "z1"),
            fields)
        .announcedAt(Instant.EPOCH);
  }

  @Benchmark
  public byte[] encode() {
    return message.json();
  }
}
