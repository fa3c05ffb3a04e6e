package io.harborgateway.testkit;

import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Let's Encrypt's ACME server for tests, for which every name leads to 127.0.0.1. It rejects a part
 * of all good nonces.
 */
public final class Pebble implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  private final Path binary = PeerBinary.require("pebble", "pebble");
  private final Path nameServerBinary = PeerBinary.require("pebble-challtestsrv", "pebble");
  private final List<Integer> ports = FreePorts.loopback(4);
  private final Path config;
  private final Path log;
  private final SSLContext trusting;
  private @Nullable Process nameServer;
  private @Nullable Process process;

  private Pebble(Path folder, TestCertificates certificates, int http, int https, String more) {
    Issued own = certificates.issue("localhost");
    trusting = certificates.trusting();
    log = folder.resolve("pebble.log");
    try {
      config =
          Files.writeString(
              folder.resolve("pebble.json"),
              """
              {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
               "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
               "ocspResponderURL": ""%s}}
              """
                  .formatted(
                      ports.get(0), ports.get(1), own.certificate(), own.key(), http, https, more));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A server that is not started yet.
   *
   * @param certificates of whom its own certificate is
   * @param http the port that it takes for 80
   * @param https the port that it takes for 443
   * @param more JSON members of its configuration, each after a comma
   */
  public static Pebble stopped(
      Path folder, TestCertificates certificates, int http, int https, String more) {
    return new Pebble(folder, certificates, http, https, more);
  }

  /** Starts it, with no account and no certificate, and waits until it accepts. */
  public Pebble start() {
    nameServer =
        launch(
            List.of(
                nameServerBinary.toString(),
                "-dns01=127.0.0.1:" + ports.get(2),
                "-management=127.0.0.1:" + ports.get(3),
                "-defaultIPv6=",
                "-http01=",
                "-https01=",
                "-tlsalpn01="));
    process =
        launch(
            List.of(
                binary.toString(),
                "-config",
                config.toString(),
                "-dnsserver",
                "127.0.0.1:" + ports.get(2)));
    Await.until("pebble accepts", START_TIMEOUT, () -> accepts(0) && accepts(1) && accepts(3));
    return this;
  }

  private Process launch(List<String> command) {
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(Map.of("PEBBLE_VA_NOSLEEP", "1", "PEBBLE_WFE_NONCEREJECT", "30"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), ports.get(port))) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The address of its directory. */
  public String url() {
    return "https://localhost:" + ports.getFirst() + "/dir";
  }

  /** The root of what it issues, as PEM. */
  public String root() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      URI where = URI.create("https://localhost:" + ports.get(1) + "/roots/0");
      return client
          .send(HttpRequest.newBuilder(where).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  /** What it has logged. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    for (Process each : new Process[] {process, nameServer}) {
      if (each != null) {
        each.destroyForcibly();
      }
    }
  }
}
