package io.harborgateway.logging;

import io.harborgateway.config.AccessLogConfig;
import io.harborgateway.config.LoggingConfig;
import io.harborgateway.config.values.AccessLogFormat;
import io.harborgateway.config.values.LogFormat;
import io.harborgateway.config.values.LogLevel;
import io.harborgateway.http.AccessLog;
import io.harborgateway.transport.NegotiatedTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * One entry of the access log, through the real logs and into a real file. Entries come in batches
 * that fit into the queue, each after the one before was written: nothing is dropped, and so
 * nothing is cheaper than it looks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AccessLogLine {
  private static final NegotiatedTls TLS =
      new NegotiatedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", false);

  private static final int BATCH = 4096;

  /** The configured format. */
  @Param({"OFF", "COMBINED", "JSON"})
  public AccessLogFormat format = AccessLogFormat.OFF;

  private AccessLog log = AccessLog.OFF;
  private @Nullable Logs logs;
  private @Nullable Path file;

  @Setup
  public void open() throws IOException {
    Path target = Files.createTempFile("access", ".log");
    var section = new AccessLogConfig(format, target, 2 * BATCH);
    Logs started = Logs.start(new LoggingConfig(LogFormat.TEXT, LogLevel.WARN, section));
    file = target;
    logs = started;
    log = started.accessLog();
  }

  @TearDown
  public void close() throws IOException {
    Objects.requireNonNull(logs).close();
    Files.delete(Objects.requireNonNull(file));
  }

  /** Has every batch begin with an empty queue and a small file. */
  @Setup(Level.Invocation)
  public void awaitQueue() {
    awaitWritten();
  }

  /** Keeps the disk out of it. */
  @TearDown(Level.Iteration)
  public void empty() {
    awaitWritten();
    try (var truncated =
        Files.newByteChannel(Objects.requireNonNull(file), StandardOpenOption.WRITE)) {
      truncated.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the event loop pays: making the entry and putting it into the queue. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void onEventLoop() {
    for (int i = 0; i < BATCH; i++) {
      logOne(i);
    }
  }

  /** Until the line is in the file: what the event loop and the log's thread pay together. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void untilWritten() {
    for (int i = 0; i < BATCH; i++) {
      logOne(i);
    }
    awaitWritten();
  }

  private void logOne(int i) {
    if (log.isOn()) {
      log.log(
          new AccessLog.Entry(
              "https",
              "203.0.113.7",
              "10.0.16.4",
              "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
              "GET",
              "/v2/library/alpine/blobs/sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d",
              "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.registry.example.com",
              1,
              200,
              0,
              3_145_728L + i,
              18_000_000L + i,
              "docker/27.3.1 go/go1.22.7 git-commit/41ca978 kernel/6.8.0-48-generic os/linux",
              null,
              "6f0b2a5e-6f3c-4d57-5d21-2f0d4a1e7c88",
              null,
              TLS,
              null,
              null));
    }
  }

  private void awaitWritten() {
    if (log instanceof QueuedAccessLog queued) {
      while (queued.queue().waiting() > 0) {
        LockSupport.parkNanos(1_000);
      }
    }
  }
}
