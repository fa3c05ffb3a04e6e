package io.harborgateway.testkit;

import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real nginx, configured as Harbor configures its own: a redirect on the http port, TLS on two
 * ports with a certificate of its own CA, nothing buffered, bodies of any size.
 *
 * <p>What it serves: {@code /v2/} (401 with the token realm made of what it was told of the
 * outside), {@code /blob/…} (files of {@link #blobs}, ranges too), {@code /echo} (what it received,
 * one name for each line), {@code /upload/…} and {@code /ws} (passed on to the {@link Origin}
 * behind it).
 */
public final class HarborNginx implements AutoCloseable {
  /** The name in its certificate. */
  public static final String NAME = "nginx.harbor.test";

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int STARTS = 3;
  private static final Pattern STATUS =
      Pattern.compile("accepts handled requests\\s+(\\d+)\\s+\\d+\\s+(\\d+)");

  private final Path folder;
  private final TestCertificates certificates;
  private final Ports ports;
  private int ownStatusRequests; // they count as any other's
  private @Nullable Process process;

  private record Ports(int http, int https, int notary, int status) {}

  /**
   * What reached nginx since its start, whether it was answered or not.
   *
   * @param connections accepted ones, a handshake of TLS may have failed on
   * @param requests whose head was read
   */
  public record Traffic(int connections, int requests) {}

  private HarborNginx(Path folder, TestCertificates certificates, Ports ports) {
    this.folder = folder;
    this.certificates = certificates;
    this.ports = ports;
  }

  /**
   * Starts nginx and returns when it listens.
   *
   * @param parent a folder of its own is made there, for configuration, certificates and logs
   * @param origin where uploads and upgrades go
   */
  public static HarborNginx start(Path parent, Origin origin) {
    return start(parent, origin, "");
  }

  /** Starts nginx like {@link #start}, to serve only clients with a certificate of this CA. */
  public static HarborNginx startVerifying(Path parent, Origin origin, Path clientCa) {
    String clients = "ssl_client_certificate %s; ssl_verify_client on;".formatted(clientCa);
    return start(parent, origin, clients);
  }

  private static HarborNginx start(Path parent, Origin origin, String clients) {
    try {
      Path folder = Files.createTempDirectory(parent, "nginx-");
      Files.createDirectory(folder.resolve("blobs"));
      Path binary = PeerBinary.require("nginx", "nginx");
      var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("certificates")));
      Issued own = certificates.issue(NAME);
      for (int i = 1; true; i++) {
        List<Integer> free = FreePorts.loopback(4);
        var ports = new Ports(free.get(0), free.get(1), free.get(2), free.get(3));
        Files.writeString(
            folder.resolve("nginx.conf"), configuration(ports, own, origin.port(), clients));
        var nginx = new HarborNginx(folder, certificates, ports);
        try {
          nginx.start(binary);
          return nginx;
        } catch (AssertionError e) {
          nginx.close();
          if (i == STARTS || !nginx.errorLog().contains("Address already in use")) {
            throw e;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again after {@link #stop}, on the same ports. */
  public void start() {
    start(PeerBinary.require("nginx", "nginx"));
  }

  private void start(Path binary) {
    Path log = folder.resolve("error.log");
    var builder =
        new ProcessBuilder(
            List.of(binary.toString(), "-p", folder + "/", "-c", "nginx.conf", "-e", "error.log"));
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Process started = builder.start();
      process = started;
      ownStatusRequests = 0;
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroy));
      Await.until("nginx listens", () -> !started.isAlive() || answers());
      if (!started.isAlive()) {
        throw new AssertionError("nginx ended at once: " + errorLog());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() throws IOException {
    try (var client = RawClient.connect(new InetSocketAddress(LOOPBACK, ports.status))) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      ownStatusRequests++;
      return client.readToEnd().contains("Active connections");
    }
  }

  /** Ends it, its connections too, and returns when its ports refuse. */
  public void stop() {
    Process running = process;
    if (running == null) {
      return;
    }
    process = null;
    running.destroy(); // TERM, nginx's fast shutdown; killing it would orphan its worker
    try {
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new AssertionError("nginx has not stopped within 10 s: " + errorLog());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** The process id of the master. */
  public long pid() {
    if (process == null) {
      throw new IllegalStateException("nginx is stopped");
    }
    return process.pid();
  }

  /** The port that redirects to https, Harbor's 80. */
  public InetSocketAddress http() {
    return new InetSocketAddress(LOOPBACK, ports.http);
  }

  /** The TLS port, Harbor's 443. */
  public InetSocketAddress https() {
    return new InetSocketAddress(LOOPBACK, ports.https);
  }

  /** The second TLS port, Harbor's 4443, with the same content. */
  public InetSocketAddress notary() {
    return new InetSocketAddress(LOOPBACK, ports.notary);
  }

  /** The CA that its certificate is of. */
  public TestCertificates certificates() {
    return certificates;
  }

  /** The folder that {@code /blob/} serves. */
  public Path blobs() {
    return folder.resolve("blobs");
  }

  /**
   * The requests that were answered: port, method, target, Host, status, bytes of the body sent.
   */
  public List<String> accessLog() {
    Path log = folder.resolve("access.log");
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What nginx counts, so that a test can show that nothing was forwarded: other than the log, it
   * has what is not answered yet.
   */
  public Traffic traffic() throws IOException {
    try (var client = RawClient.connect(new InetSocketAddress(LOOPBACK, ports.status))) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      ownStatusRequests++;
      String status = client.readToEnd();
      var counts = STATUS.matcher(status);
      if (!counts.find()) {
        throw new AssertionError("not a status of nginx: " + status);
      }
      return new Traffic(
          Integer.parseInt(counts.group(1)) - ownStatusRequests,
          Integer.parseInt(counts.group(2)) - ownStatusRequests);
    }
  }

  /** What nginx complains about. */
  public String errorLog() {
    try {
      return Files.readString(folder.resolve("error.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String configuration(
      Ports ports, Issued certificate, int originPort, String clients) {
    try (var template = HarborNginx.class.getResourceAsStream("harbor-nginx.conf")) {
      if (template == null) {
        throw new AssertionError("harbor-nginx.conf is not on the class path");
      }
      boolean isRoot = System.getProperty("user.name").equals("root");
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          // Else the worker of a root's nginx cannot read the test's folder.
          .replace("@USER@", isRoot ? "user root;" : "")
          .replace("@HTTP@", "127.0.0.1:" + ports.http)
          .replace("@HTTPS@", "127.0.0.1:" + ports.https)
          .replace("@NOTARY@", "127.0.0.1:" + ports.notary)
          .replace("@STATUS@", "127.0.0.1:" + ports.status)
          .replace("@CLIENTS@", clients)
          .replace("@ORIGIN@", "127.0.0.1:" + originPort)
          .replace("@CERTIFICATE@", certificate.certificate().toString())
          .replace("@KEY@", certificate.key().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
