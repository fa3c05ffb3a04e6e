package io.harborgateway.benchmarks.compare;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IfPresent;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What all rows need: a folder in memory, a certificate, the backend and the client on the client's
 * core. Starts contenders on the proxies' core.
 */
final class Stage implements AutoCloseable {
  static final int PROXY_CORE = 0;
  static final int CLIENT_CORE = 1;
  static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  static final String SERVER_NAME = GUID + ".registry.example.com";
  static final int SMALL_BYTES = 256;
  static final long BLOB_BYTES = 256L << 20;

  private static final int START_SECONDS = 60;

  private static final int MOST_DESCRIPTORS = 20_000;

  private final Path folder;
  private final Ports ports = new Ports();
  private final int backendPort;
  private final int sinkPort;
  private final Spawned backend;
  private final Agent agent;
  private int started;

  Stage() throws IOException, InterruptedException {
    Path memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "harbor-gateway-bench-")
            : Files.createTempDirectory("harbor-gateway-bench-");
    issueCertificate();
    try (var blob = new RandomAccessFile(folder.resolve("blob").toFile(), "rw")) {
      byte[] piece = new byte[1 << 20];
      for (long written = 0; written < BLOB_BYTES; written += piece.length) {
        blob.write(piece);
      }
    }
    backendPort = ports.next();
    backend = startBackend();
    sinkPort = ports.next();
    agent = Agent.start(sinkPort);
  }

  private void issueCertificate() throws IOException {
    try {
      Instant now = Instant.now();
      var authority =
          CertificateAuthority.create("bench CA", KeyType.EC_P256, now, Duration.ofDays(2));
      var request =
          new IssueRequest(
              List.of(DnsName.parse(SERVER_NAME)),
              List.of(),
              KeyType.EC_P256,
              now,
              Duration.ofDays(1));
      authority.issue(request).write(chain(), key(), IfPresent.REFUSE);
      Files.writeString(pem(), Files.readString(chain()) + Files.readString(key()));
    } catch (CertificateProblem e) {
      throw new IOException(e);
    }
  }

  private Spawned startBackend() throws IOException, InterruptedException {
    Path own = Files.createDirectory(folder.resolve("backend"));
    Map<String, Object> values = common(own);
    values.put("small", "x".repeat(SMALL_BYTES));
    values.put("blob", folder.resolve("blob"));
    values.put("backend_port", backendPort);
    Path config =
        Files.writeString(own.resolve("nginx.conf"), Template.fill("backend.conf", values));
    Spawned process = Spawned.start("backend", own.resolve("log"), CLIENT_CORE, nginx(config));
    process.awaitPort(backendPort, START_SECONDS);
    return process;
  }

  private static List<String> nginx(Path config) throws IOException {
    // Until it has read its configuration nginx would log into a folder of the system.
    return List.of(Programs.find("nginx").toString(), "-e", "stderr", "-c", config.toString());
  }

  /** Returns how many each process may open: what the system allows, up to what is needed. */
  private static int descriptors() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split(" {2,}", -1)[2])
        .mapToInt(hard -> hard.equals("unlimited") ? MOST_DESCRIPTORS : Integer.parseInt(hard))
        .map(hard -> Math.min(hard, MOST_DESCRIPTORS))
        .findFirst()
        .orElse(MOST_DESCRIPTORS);
  }

  private static Map<String, Object> common(Path own) throws IOException {
    Map<String, Object> values = new HashMap<>();
    values.put("folder", own);
    values.put("descriptors", descriptors());
    values.put("user", "root".equals(System.getProperty("user.name")) ? "user root;" : "");
    return values;
  }

  private Path chain() {
    return folder.resolve("chain.pem");
  }

  private Path key() {
    return folder.resolve("key.pem");
  }

  private Path pem() {
    return folder.resolve("both.pem");
  }

  Path folder() {
    return folder;
  }

  Agent agent() {
    return agent;
  }

  int backendPort() {
    return backendPort;
  }

  int sinkPort() {
    return sinkPort;
  }

  /** Starts the contender with all its listeners and returns when they accept. */
  Proxy start(Contender contender) throws IOException, InterruptedException {
    Path own = Files.createDirectory(folder.resolve("proxy-" + started++));
    Map<Entry, Integer> listeners = new HashMap<>();
    for (Entry entry : contender.entries()) {
      listeners.put(entry, ports.next());
    }
    List<String> command = command(contender, own, listeners);
    var process = Spawned.start(contender.name(), own.resolve("log"), PROXY_CORE, command);
    try {
      for (int port : listeners.values()) {
        process.awaitPort(port, START_SECONDS);
      }
    } catch (IOException | InterruptedException e) {
      process.close();
      throw e;
    }
    return new Proxy(contender, process, listeners);
  }

  private List<String> command(Contender contender, Path own, Map<Entry, Integer> listeners)
      throws IOException {
    Map<String, Object> values = common(own);
    listeners.forEach(
        (entry, port) -> values.put(entry.name().toLowerCase(Locale.ROOT) + "_port", port));
    values.put("backend_port", backendPort);
    values.put("sink_port", sinkPort);
    values.put("chain", chain());
    values.put("key", key());
    values.put("pem", pem());
    return switch (contender.kind()) {
      case GATEWAY -> {
        values.put("guid", GUID);
        values.put("admin_port", ports.next());
        Path config = write(own.resolve("gateway.yml"), "gateway.yml", values);
        yield List.of(contender.launcher() + "", "run", "--config", config.toString());
      }
      case NGINX, NGINX_UNBUFFERED -> {
        values.put("load_stream_module", Programs.loadStreamModule());
        values.put(
            "buffering",
            contender.kind() == Contender.Kind.NGINX
                ? "proxy_max_temp_file_size 0;"
                : "proxy_buffering off; proxy_request_buffering off;");
        yield nginx(write(own.resolve("nginx.conf"), "nginx.conf", values));
      }
      case HAPROXY -> {
        // Two descriptors for each, and those of the pipes.
        values.put("max_connections", descriptors() * 2 / 5);
        values.put("max_pipes", descriptors() / 20);
        values.put("reuse", "always");
        Path config = write(own.resolve("haproxy.cfg"), "haproxy.cfg", values);
        yield List.of(Programs.find("haproxy").toString(), "-db", "-f", config.toString());
      }
      case DOCKER_PROXY ->
          List.of(
              "sh",
              "-c",
              // docker would read from descriptor 3 whether it started.
              "exec \"$@\" 3>/dev/null",
              "sh",
              Programs.find("docker-proxy").toString(),
              "-proto",
              "tcp",
              "-host-ip",
              "127.0.0.1",
              "-host-port",
              values.get("tcp_port") + "",
              "-container-ip",
              "127.0.0.1",
              "-container-port",
              backendPort + "");
    };
  }

  private static Path write(Path file, String template, Map<String, Object> values)
      throws IOException {
    return Files.writeString(file, Template.fill(template, values));
  }

  @Override
  public void close() {
    agent.close();
    backend.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
