package io.harborgateway.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A contender that runs. */
record Proxy(Contender contender, Spawned process, Map<Entry, Integer> ports)
    implements AutoCloseable {

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
