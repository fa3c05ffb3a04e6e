package io.harborgateway.control;

import io.harborgateway.testkit.FreePorts;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration as a test puts it together: instances with certificates, listeners, the rest. */
public final class GatewayYaml {
  static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  /** The base name of the instance that is always there. */
  public static final String NAME = GUID + ".registry.test";

  private final TestCertificates certificates;
  private final int adminPort = FreePorts.loopback(1).getFirst();
  private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
  private final StringBuilder instances = new StringBuilder("instances:\n");
  private final StringBuilder listeners = new StringBuilder("listeners:\n");
  private final StringBuilder sections = new StringBuilder();
  private String node = "event-loops: 2, drain-timeout: 10s";

  /** Begins a configuration whose certificates go into the folder. */
  public GatewayYaml(Path folder) {
    this(newCertificates(folder));
  }

  /** Begins a configuration with certificates of this CA. */
  public GatewayYaml(TestCertificates certificates) {
    this.certificates = certificates;
    instance(GUID);
  }

  private static TestCertificates newCertificates(Path folder) {
    try {
      return TestCertificates.in(Files.createTempDirectory(folder, "certificates-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the instance of this GUID, with a certificate of its own. */
  GatewayYaml instance(String guid) {
    return instance(guid, certificates.issue(guid + ".registry.test"));
  }

  /** Adds the instance of this GUID, with this certificate. */
  GatewayYaml instance(String guid, TestCertificates.Issued issued) {
    instances.append(
        """
          - guid: %s
            domain: registry.test
            certificate: {chain: "%s", key: "%s"}
        """
            .formatted(guid, issued.certificate(), issued.key()));
    return this;
  }

  /** Gives the last instance an upstream of its own on a listener. */
  GatewayYaml ownUpstream(String listener, InetSocketAddress upstream) {
    instances.append(
        """
            upstreams:
              - {listener: %s, upstream: {address: "%s:%d"}}
        """
            .formatted(listener, upstream.getAddress().getHostAddress(), upstream.getPort()));
    return this;
  }

  /** Adds a listener on 127.0.0.1. */
  public GatewayYaml listener(String name, String protocol, InetSocketAddress upstream) {
    return listener(name, protocol, upstream, "", "");
  }

  /**
   * Adds a listener on 127.0.0.1.
   *
   * @param upstreamKeys further keys of the upstream, comma between them
   * @param timeouts keys of the timeouts, comma between them
   */
  public GatewayYaml listener(
      String name,
      String protocol,
      InetSocketAddress upstream,
      String upstreamKeys,
      String timeouts) {
    return listenerAt("127.0.0.1", name, protocol, upstream, upstreamKeys, timeouts);
  }

  /** Adds a listener on this address. */
  GatewayYaml listenerAt(
      String address,
      String name,
      String protocol,
      InetSocketAddress upstream,
      String upstreamKeys,
      String timeouts) {
    int port = FreePorts.loopback(1).getFirst();
    addresses.put(name, new InetSocketAddress(address, port));
    String host = upstream.getAddress().getHostAddress();
    listeners.append(
        """
          - name: %s
            address: "%s"
            port: %d
            protocol: %s
            upstream: {address: "%s:%d"%s}
            timeouts: {%s}
        """
            .formatted(
                name,
                address,
                port,
                protocol,
                host.contains(":") ? "[" + host + "]" : host,
                upstream.getPort(),
                upstreamKeys.isEmpty() ? "" : ", " + upstreamKeys,
                timeouts));
    return this;
  }

  /** Says what the last listener does while its upstream is down. */
  GatewayYaml whenDown(String way) {
    listeners.append("    when-down: ").append(way).append('\n');
    return this;
  }

  /** Says which certificates clients of the last listener are to show. */
  GatewayYaml clientAuth(String keys) {
    listeners.append("    client-auth: {").append(keys).append("}\n");
    return this;
  }

  /** Says which certificates clients of the last instance are to show. */
  GatewayYaml ownClientAuth(String keys) {
    instances.append("    client-auth: {").append(keys).append("}\n");
    return this;
  }

  /** Replaces the keys of the node, comma between them. */
  public GatewayYaml node(String keys) {
    node = keys;
    return this;
  }

  /** Adds a section as it is to stand there. */
  public GatewayYaml section(String yaml) {
    sections.append(yaml).append('\n');
    return this;
  }

  /** Where the listener of this name is to accept. */
  public InetSocketAddress address(String listener) {
    InetSocketAddress address = addresses.get(listener);
    if (address == null) {
      throw new IllegalArgumentException(listener + " (expected: one of " + addresses + ")");
    }
    return address;
  }

  /** Where the admin endpoint is to listen on loopback. */
  int adminPort() {
    return adminPort;
  }

  /** What a client needs that connects to the instance of {@link #NAME}. */
  RawClient.Tls tls() {
    return RawClient.Tls.of(certificates.trusting()).serverName(NAME);
  }

  /** The CA of the instances' certificates. */
  TestCertificates certificates() {
    return certificates;
  }

  /** Returns the whole text. */
  public String text() {
    return "node: {%s}\n%s%sadmin: {port: %d}\n%s"
        .formatted(node, instances, listeners, adminPort, sections);
  }
}
