package io.harborgateway.benchmarks.compare;

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

  @Override
  public void close() {
    process.close();
  }
}
