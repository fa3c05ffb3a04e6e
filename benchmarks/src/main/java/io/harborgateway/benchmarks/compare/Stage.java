package io.harborgateway.benchmarks.compare;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.CertificateProblem;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.harborgateway.certs.OverwriteMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What all rows need: a folder in memory, a certificate, the backend and the client on the client's
 * core. Starts contenders on the proxies' core.
 */
final class Stage implements AutoCloseable {
  static final String PROXY_CORE = "0";
  static final String CLIENT_CORE = "1";
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
  private final Map<Integer, Instances> instances = new HashMap<>();
  private final Thread atInterrupt = new Thread(this::breakOff);
  private int started;

  Stage() throws IOException, InterruptedException {
    Path memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "harbor-gateway-bench-")
            : Files.createTempDirectory("harbor-gateway-bench-");
    Runtime.getRuntime().addShutdownHook(atInterrupt);
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
    agent = Agent.start(sinkPort, helpers());
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
      authority.issue(request).write(chain(), key(), OverwriteMode.REFUSE);
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

  private List<Long> helpers() {
    List<Long> pids = new ArrayList<>(backend.pids());
    pids.add(ProcessHandle.current().pid());
    return pids;
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

  /**
   * A contender whose configuration is written.
   *
   * @param log where it will print
   */
  record Prepared(
      Contender contender, List<String> command, Path log, Map<Entry, Integer> listeners) {
    int port(Entry entry) {
      return Objects.requireNonNull(listeners.get(entry), () -> contender.name() + ": " + entry);
    }

    /** Starts it on the proxies' core, and returns at once. */
    Proxy start() throws IOException {
      return start(PROXY_CORE);
    }

    /** Starts it on these cores, and returns at once. */
    Proxy start(String cores) throws IOException {
      var process = Spawned.start(contender.name(), log, cores, command);
      return new Proxy(contender, process, listeners);
    }
  }

  /** Issues the certificates of so many instances, or returns those that were. */
  Instances instances(int count) throws IOException {
    Instances issued = instances.get(count);
    if (issued == null) {
      issued = Instances.issue(folder, count);
      instances.put(count, issued);
    }
    return issued;
  }

  /** Starts the contender with all its listeners and returns when they accept. */
  Proxy start(Contender contender) throws IOException, InterruptedException {
    return start(contender, Map.of());
  }

  /**
   * Starts the contender with all its listeners and returns when they accept.
   *
   * @param changes of what the templates are filled with
   */
  Proxy start(Contender contender, Map<String, Object> changes)
      throws IOException, InterruptedException {
    Prepared prepared = prepare(contender, changes);
    Proxy proxy = prepared.start();
    try {
      for (int port : prepared.listeners().values()) {
        proxy.process().awaitPort(port, START_SECONDS);
      }
      return proxy;
    } catch (IOException | InterruptedException e) {
      proxy.close();
      throw e;
    }
  }

  /** Writes the configuration of a contender that knows all these instances. */
  Prepared prepare(Contender contender, Instances many) throws IOException {
    return prepare(
        contender,
        Map.of(
            "instances",
            many.yaml(),
            "pem",
            many.folder() + "/",
            // Read at each handshake.
            "chain",
            many.folder() + "/$ssl_server_name.pem",
            "key",
            many.folder() + "/$ssl_server_name.pem"));
  }

  /** Writes the configuration of a contender. */
  Prepared prepare(Contender contender, Map<String, Object> changes) throws IOException {
    Path own = Files.createDirectory(folder.resolve("proxy-" + started++));
    Map<Entry, Integer> listeners = new HashMap<>();
    for (Entry entry : contender.entries()) {
      listeners.put(entry, ports.next());
    }
    Map<String, Object> values = values(own, listeners);
    values.putAll(changes);
    return new Prepared(contender, command(contender, own, values), own.resolve("log"), listeners);
  }

  private Map<String, Object> values(Path own, Map<Entry, Integer> listeners) throws IOException {
    Map<String, Object> values = common(own);
    listeners.forEach(
        (entry, port) -> values.put(entry.name().toLowerCase(Locale.ROOT) + "_port", port));
    values.put("backend_port", backendPort);
    values.put("sink_port", sinkPort);
    values.put("chain", chain());
    values.put("key", key());
    values.put("pem", pem());
    values.put("reuse", "always");
    values.put("event_loops", 1);
    values.put("admin_port", ports.next());
    values.put(
        "instances",
        "  - guid: %s%n    domain: registry.example.com%n    certificate: {chain: \"%s\", key: \"%s\"}%n"
            .formatted(GUID, chain(), key()));
    return values;
  }

  private List<String> command(Contender contender, Path own, Map<String, Object> values)
      throws IOException {
    return switch (contender.kind()) {
      case GATEWAY -> {
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
    deleteFolder();
    Runtime.getRuntime().removeShutdownHook(atInterrupt);
  }

  /** Leaves nothing behind when the run is broken off: all processes are this one's descendants. */
  private void breakOff() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    deleteFolder();
  }

  private void deleteFolder() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
