package io.harborgateway.http;

import io.harborgateway.control.TestGateway;
import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import io.harborgateway.testkit.TestCertificates.Issued;
import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A gateway in this JVM with an {@code http} and an {@code https} listener, for one instance or for
 * two. Certificates are RSA, of a throw-away CA.
 */
final class Stand implements AutoCloseable {
  static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  static final String NAME = GUID + ".registry.example.com";

  /** The base name and the additional ones of the first instance. */
  static final List<String> NAMES =
      List.of(NAME, GUID + ".harbor.registry.example.com", GUID + ".images.registry.example.com");

  /** The only name of the second instance. */
  static final String OTHER_NAME = "registry.customer.example";

  private final TestCertificates certificates;
  private final TestGateway gateway;

  private Stand(TestCertificates certificates, TestGateway gateway) {
    this.certificates = certificates;
    this.gateway = gateway;
  }

  /** One instance; both listeners lead to this port, in the clear. */
  static Stand start(Path folder, int port, String... sections) {
    String upstream = "{address: \"127.0.0.1:" + port + "\"}";
    return start(folder, upstream, upstream, "", sections);
  }

  /** Two instances, of which the second has an upstream of its own. */
  static Stand startWithTwo(Path folder, int port, int otherPort) {
    var certificates = TestCertificates.in(folder);
    String upstream = "{address: \"127.0.0.1:" + port + "\"}";
    String other =
        """
          - guid: 11111111-2222-3333-4444-555555555555
            public-host: %s
            certificate: %s
            upstreams:
              - {listener: http, upstream: {address: "127.0.0.1:%d"}}
              - {listener: https, upstream: {address: "127.0.0.1:%d"}}
        """
            .formatted(
                OTHER_NAME,
                files(certificates.issue(KeyAlgorithm.RSA, OTHER_NAME)),
                otherPort,
                otherPort);
    return start(folder, certificates, upstream, upstream, other);
  }

  /**
   * Starts a gateway.
   *
   * @param http upstream of the listener, as YAML
   * @param https the same
   * @param otherInstances list elements, as YAML
   * @param sections further sections, as YAML
   */
  static Stand start(
      Path folder, String http, String https, String otherInstances, String... sections) {
    return start(folder, TestCertificates.in(folder), http, https, otherInstances, sections);
  }

  private static Stand start(
      Path folder,
      TestCertificates certificates,
      String http,
      String https,
      String otherInstances,
      String... sections) {
    List<Integer> ports = FreePorts.loopback(3);
    Issued certificate = certificates.issue(KeyAlgorithm.RSA, NAMES.toArray(String[]::new));
    String yaml =
        """
        node: {address: 127.0.0.1, event-loops: 2, drain-delay: 0s, drain-timeout: 1s}
        instances:
          - guid: %s
            domain: registry.example.com
            additional-routes: [harbor, images]
            certificate: %s
        %slisteners:
          - {name: http, address: 127.0.0.1, port: %d, protocol: http, upstream: %s}
          - {name: https, address: 127.0.0.1, port: %d, protocol: https, upstream: %s}
        admin: {address: 127.0.0.1, port: %d}
        %s
        """
            .formatted(
                GUID,
                files(certificate),
                otherInstances,
                ports.get(0),
                http,
                ports.get(1),
                https,
                ports.get(2),
                String.join("\n", sections));
    return new Stand(certificates, TestGateway.start(folder, yaml));
  }

  private static String files(Issued issued) {
    return "{chain: %s, key: %s}".formatted(issued.certificate(), issued.key());
  }

  TestCertificates certificates() {
    return certificates;
  }

  InetSocketAddress http() {
    return gateway.address("http");
  }

  InetSocketAddress https() {
    return gateway.address("https");
  }

  /** Connects to the listener of this name; over TLS with the base name as SNI. */
  RawClient connect(String listener) throws IOException {
    return listener.equals("http") ? RawClient.connect(http()) : connectTls(NAME);
  }

  /** Connects over TLS with this SNI, and takes a certificate of any name. */
  RawClient connectTls(String serverName) throws IOException {
    return RawClient.connect(https(), tls().serverName(serverName).anyName());
  }

  RawClient.Tls tls() {
    return RawClient.Tls.of(certificates.trusting());
  }

  @Override
  public void close() {
    gateway.close();
  }
}
