package io.harborgateway.control;

import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A gateway in this JVM whose configuration is written piece by piece, and reloaded. */
final class ReloadStand implements AutoCloseable {
  static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  static final String DOMAIN = "registry.example.com";
  static final String NAME = GUID + "." + DOMAIN;

  final Path folder;
  final TestCertificates certificates;
  final Issued certificate;
  final int https;
  final int http;
  final int tcp;
  final int spare;
  final int extra;
  final int adminPort;

  // What the file says; changed by the test before it reloads.
  String routes = "[images]";
  String upstream;
  String node = "{address: 127.0.0.1, event-loops: 2, drain-delay: 0s, drain-timeout: 1s}";
  String timeouts = "{}";
  List<String> instances = new ArrayList<>();
  List<String> listeners = new ArrayList<>();
  List<String> sections = new ArrayList<>();
  private @Nullable TestGateway gateway;

  private ReloadStand(Path folder, int origin) {
    this.folder = folder;
    certificates = TestCertificates.in(folder);
    certificate = certificates.issue(NAME, GUID + ".images." + DOMAIN, GUID + ".more." + DOMAIN);
    List<Integer> ports = FreePorts.loopback(6);
    https = ports.get(0);
    http = ports.get(1);
    tcp = ports.get(2);
    spare = ports.get(3);
    adminPort = ports.get(4);
    extra = ports.get(5);
    upstream = to(origin);
  }

  /** Starts with an instance, and a listener of each protocol that leads to this port. */
  static ReloadStand start(Path folder, int origin) {
    var stand = new ReloadStand(folder, origin);
    stand.start();
    return stand;
  }

  /** Not started: the test changes what the file says first. */
  static ReloadStand prepare(Path folder, int origin) {
    return new ReloadStand(folder, origin);
  }

  void start() {
    start(yaml());
  }

  void start(String yaml) {
    gateway = TestGateway.start(folder, yaml);
  }

  static String to(int port) {
    return "{address: \"127.0.0.1:" + port + "\", health: {interval: 200ms}}";
  }

  static String files(Issued issued) {
    return "{chain: \"" + issued.certificate() + "\", key: \"" + issued.key() + "\"}";
  }

  /** An element of {@code listeners}. */
  static String listener(String name, int port, String protocol, String upstream) {
    return "{name: %s, address: 127.0.0.1, port: %d, protocol: %s, upstream: %s}"
        .formatted(name, port, protocol, upstream);
  }

  String yaml() {
    var text = new StringBuilder("node: " + node + "\ninstances:\n");
    text.append("  - {guid: ").append(GUID).append(", domain: ").append(DOMAIN);
    text.append(", additional-routes: ").append(routes);
    text.append(", certificate: ").append(files(certificate)).append("}\n");
    instances.forEach(instance -> text.append("  - ").append(instance).append('\n'));
    text.append("listeners:\n");
    text.append(
        "  - {name: https, address: 127.0.0.1, port: %d, protocol: https, timeouts: %s, "
            .formatted(https, timeouts));
    text.append("upstream: ").append(upstream).append("}\n");
    text.append("  - ").append(listener("http", http, "http", upstream)).append('\n');
    text.append("  - ").append(listener("tcp", tcp, "tcp", upstream)).append('\n');
    listeners.forEach(listener -> text.append("  - ").append(listener).append('\n'));
    text.append("admin: {port: ").append(adminPort).append("}\n");
    sections.forEach(section -> text.append(section).append('\n'));
    return text.toString();
  }

  /** Writes the file as it is now, and reloads. */
  Reloads.Result reload() {
    return reload(yaml());
  }

  Reloads.Result reload(String yaml) {
    write(yaml);
    return gateway().reloads().reload();
  }

  void write(String yaml) {
    try {
      Files.writeString(folder.resolve("gateway.yml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Gateway gateway() {
    return testGateway().gateway();
  }

  TestGateway testGateway() {
    return Objects.requireNonNull(gateway, "started");
  }

  /** A connection by TLS that asks for this name. */
  RawClient connect(String name) throws IOException {
    return RawClient.connect(
        testGateway().address("https"), RawClient.Tls.of(certificates.trusting()).serverName(name));
  }

  @Override
  public void close() {
    if (gateway != null) {
      gateway.close();
    }
  }
}
