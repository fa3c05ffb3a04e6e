package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.ProcessTimes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A contender that runs. */
record Proxy(Contender contender, Spawned process, Map<Entry, Integer> ports)
    implements AutoCloseable {
  /** What a proxy without work uses at most. */
  private static final double REST_CORES = 0.05;

  private static final int REST_SECONDS = 2;
  private static final Duration REST_LIMIT = Duration.ofMinutes(10);

  String name() {
    return contender.name();
  }

  int port(Entry entry) {
    Integer port = ports.get(entry);
    if (port == null) {
      throw new IllegalArgumentException(name() + ": no " + entry + " listener");
    }
    return port;
  }

  List<Long> pids() {
    return process.pids();
  }

  /**
   * Returns when it does nothing any more, or after ten minutes: what a proxy does once after its
   * start, such as reading all certificates, is no cost of a request.
   */
  void awaitRest() throws IOException, InterruptedException {
    long end = System.nanoTime() + REST_LIMIT.toNanos();
    double cores;
    do {
      double before = ProcessTimes.cpuSeconds(pids());
      TimeUnit.SECONDS.sleep(REST_SECONDS);
      cores = (ProcessTimes.cpuSeconds(pids()) - before) / REST_SECONDS;
    } while (cores > REST_CORES && System.nanoTime() < end);
  }

  /** Has the JVM of a gateway collect all garbage. */
  void collectGarbage() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pids().getFirst()),
                "GC.run")
            .redirectErrorStream(true)
            .start();
    String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException(name() + ": jcmd GC.run: " + printed);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
