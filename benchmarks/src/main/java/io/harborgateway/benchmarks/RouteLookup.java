package io.harborgateway.benchmarks;

import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.route.ByteSource;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding the instance of a Host where it was received, and of a server name (SNI). The names are
 * asked for in random order.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteLookup {
  private static final int NAMES_OF_INSTANCE = 2;
  private static final int ASKED = 1 << 16;

  /** Number of names in the table. */
  @Param({"10", "10000", "100000"})
  public int names = 10;

  private RouteTable table = RouteTable.of(List.of());
  private byte[] asked = {};
  private int[] starts = {};
  private ByteSource source = index -> asked[index];
  private String[] serverNames = {};
  private int next;

  @Setup
  public void fill() {
    var random = new Random(1);
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < names / NAMES_OF_INSTANCE; i++) {
      instances.add(instance(new UUID(random.nextLong(), random.nextLong())));
    }
    table = RouteTable.of(instances);
    ask(instances, random);
  }

  private static Instance instance(UUID guid) {
    return new Instance(
        InstanceGuid.of(guid.toString()),
        List.of(
            HostName.of(guid + ".registry.example.com"),
            HostName.of(guid + ".eu.registry.example.com")));
  }

  /** Lays the names out one behind the other, as if each was in a head of its own. */
  private void ask(List<Instance> instances, Random random) {
    List<HostName> all =
        new ArrayList<>(instances.stream().flatMap(i -> i.names().stream()).toList());
    Collections.shuffle(all, random);
    var text = new StringBuilder();
    starts = new int[Math.min(all.size(), ASKED) + 1];
    serverNames = new String[starts.length - 1];
    for (int i = 0; i < starts.length - 1; i++) {
      serverNames[i] = all.get(i).value();
      text.append(all.get(i).value());
      starts[i + 1] = text.length();
    }
    asked = text.toString().getBytes(StandardCharsets.US_ASCII);
    source = index -> asked[index];
    next = 0;
  }

  @Benchmark
  public @Nullable Instance known() {
    int i = next;
    next = i + 2 == starts.length ? 0 : i + 1;
    return table.lookup(source, starts[i], starts[i + 1]);
  }

  /** The server name of a ClientHello, which TLS hands over as a text. */
  @Benchmark
  public @Nullable Instance sni() {
    int i = next;
    next = i + 2 == starts.length ? 0 : i + 1;
    return table.lookup(serverNames[i]);
  }

  /** A name that is one character short of a known one. */
  @Benchmark
  public @Nullable Instance unknown() {
    int i = next;
    next = i + 2 == starts.length ? 0 : i + 1;
    return table.lookup(source, starts[i], starts[i + 1] - 1);
  }
}
