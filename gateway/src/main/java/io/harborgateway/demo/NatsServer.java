package io.harborgateway.demo;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A private nats-server on a free loopback port. */
final class NatsServer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Process process;
  private final int port;

  private NatsServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server and waits until it accepts connections.
   *
   * @param log file for its output
   * @throws IOException if it does not start; the message has its output
   */
  static NatsServer start(Path program, Path log) throws IOException {
    int port = DemoPorts.free(1).getFirst();
    List<String> command = new ArrayList<>();
    // Ctrl-C goes to the terminal's whole process group: NATS has to outlive the gateway's
    // withdrawal, so it gets its own group.
    Path setsid = onPath("setsid");
    if (setsid != null) {
      command.add(setsid.toString());
    }
    command.addAll(
        List.of(
            program.toString(),
            "-a",
            DemoPorts.LOOPBACK.getHostAddress(),
            "-p",
            Integer.toString(port)));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var server = new NatsServer(process, port);
    try {
      server.awaitAccepting(log);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void awaitAccepting(Path log) throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!accepts()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("nats-server did not start: " + Files.readString(log).strip());
      }
      try {
        process.waitFor(20, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while nats-server started", e);
      }
    }
  }

  private boolean accepts() {
    try (var socket = new Socket(DemoPorts.LOOPBACK, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Finds a program on PATH, or where Debian puts servers. */
  static @Nullable Path onPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  String url() {
    return "nats://%s:%d".formatted(DemoPorts.LOOPBACK.getHostAddress(), port);
  }

  /** Stops the server and waits for its exit. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
