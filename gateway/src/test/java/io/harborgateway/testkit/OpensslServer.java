package io.harborgateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code openssl s_server}, which answers any GET with a page. */
public final class OpensslServer implements AutoCloseable {
  private final int port;
  private final Process process;

  private OpensslServer(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /**
   * Starts a server and waits until it accepts.
   *
   * @param options of s_server, in addition to the port and the certificate
   */
  public static OpensslServer start(
      int port, TestCertificates.Issued certificate, String... options) {
    var command = new ArrayList<String>();
    command.add(PeerBinary.require("openssl", "openssl").toString());
    command.addAll(List.of("s_server", "-www", "-accept", "127.0.0.1:" + port));
    command.addAll(List.of("-cert", certificate.certificate().toString()));
    command.addAll(List.of("-key", certificate.key().toString()));
    command.addAll(List.of(options));
    try {
      Path log = Files.createTempFile("s_server-", ".log");
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroy));
      Await.until(
          "s_server accepts", () -> !started.isAlive() || Files.readString(log).contains("ACCEPT"));
      if (!started.isAlive()) {
        throw new AssertionError("s_server has ended: " + Files.readString(log));
      }
      return new OpensslServer(port, started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Ends it and returns when its port refuses. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
