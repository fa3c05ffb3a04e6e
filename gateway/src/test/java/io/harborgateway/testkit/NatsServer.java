package io.harborgateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real nats-server on a loopback port of its own, which it keeps over restarts. It traces: its
 * log has a line for each message that it received ({@code [PUB subject size]}).
 */
public final class NatsServer implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  private final Path binary = PeerBinary.require("nats-server", "nats-server");
  private final int port = FreePorts.loopback(1).getFirst();
  private final Path log;
  private List<String> arguments;
  private @Nullable Process process;

  private NatsServer(List<String> arguments) {
    this.arguments = arguments;
    try {
      this.log = Files.createTempFile("nats-server-", ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a server and waits until it accepts.
   *
   * @param arguments of nats-server, in addition to address, port and tracing
   */
  public static NatsServer start(String... arguments) {
    NatsServer server = stopped(arguments);
    server.restart();
    return server;
  }

  /** A server that has a port and is not started yet; {@link #restart()} does that. */
  public static NatsServer stopped(String... arguments) {
    return new NatsServer(List.of(arguments));
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** {@code nats://127.0.0.1:port}. */
  public URI uri() {
    return URI.create("nats://127.0.0.1:" + port);
  }

  /** {@code tls://localhost:port}. */
  public URI tlsUri() {
    return URI.create("tls://localhost:" + port);
  }

  /** Kills the server if it runs: its connections end as by a crash. */
  public void stop() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      process = null;
      try {
        running.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while nats-server ended", e);
      }
    }
  }

  /** Kills the server if it runs, and starts it on the same port, with an empty log. */
  public void restart() {
    stop();
    List<String> command =
        new ArrayList<>(
            List.of(binary.toString(), "-a", "127.0.0.1", "-p", Integer.toString(port), "-V"));
    command.addAll(arguments);
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("nats-server accepts on port " + port, START_TIMEOUT, this::accepts);
  }

  /** As {@link #restart()}, with other arguments. */
  public void restartWith(String... others) {
    arguments = List.of(others);
    restart();
  }

  /** What the server has logged since it was started last. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often {@code text} stands in the log. */
  public int logged(String text) {
    return log().split(Pattern.quote(text), -1).length - 1;
  }

  /** How many messages were published on {@code subject} since the server was started last. */
  public int published(String subject) {
    return logged("[PUB " + subject + " ");
  }

  @Override
  public void close() {
    stop();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server greets each connection with a line that begins with INFO. */
  private boolean accepts() throws IOException {
    Process started = process;
    if (started == null || !started.isAlive()) {
      throw new IOException("nats-server ended: " + log());
    }
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout((int) START_TIMEOUT.toMillis());
      byte[] greeting = socket.getInputStream().readNBytes(4);
      return new String(greeting, StandardCharsets.US_ASCII).equals("INFO");
    }
  }
}
