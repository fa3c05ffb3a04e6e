package io.harborgateway.control;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.http.AccessLog;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.snapshot.SnapshotBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gateway in this JVM, started from YAML as {@code run} does, and closed by the test. */
public final class TestGateway implements AutoCloseable {
  private final Gateway gateway;
  private final List<AccessLog.Entry> requests;

  private TestGateway(Gateway gateway, List<AccessLog.Entry> requests) {
    this.gateway = gateway;
    this.requests = requests;
  }

  /**
   * Starts a gateway on this configuration, whose relative files are in {@code folder}. The ports
   * whose upstreams answer are bound when it returns.
   */
  public static TestGateway start(Path folder, String yaml) {
    List<AccessLog.Entry> requests = new CopyOnWriteArrayList<>();
    try {
      Path config = Files.writeString(folder.resolve("gateway.yml"), yaml);
      Snapshot snapshot = SnapshotBuilder.load(config, Map.of(), Instant.now());
      Gateway gateway = Gateway.start(snapshot, new ConfigFile(config, Map.of()), requests::add);
      gateway.awaitStarted();
      return new TestGateway(gateway, requests);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.problems().toString(), e);
    }
  }

  /** Returns where the listener of this name accepts. */
  public InetSocketAddress address(String listener) {
    return gateway.address(listener);
  }

  /** Returns the requests that are over, in the order of their ends. */
  public List<AccessLog.Entry> requests() {
    return requests;
  }

  /** Returns the gateway itself, for what is looked at from inside. */
  Gateway gateway() {
    return gateway;
  }

  /** Drains and stops. */
  @Override
  public void close() {
    gateway.close();
  }
}
