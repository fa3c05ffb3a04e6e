package io.harborgateway.control;

import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.NatsServer;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.RouterLoad;
import io.harborgateway.testkit.RouterRequest;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two nodes of one instance, each with an nginx of its own, behind one router. */
final class Nodes implements AutoCloseable {
  static final String NAME = GatewayYaml.NAME;
  static final Duration SOON = Duration.ofSeconds(30);
  private static final int COUNT = 2;
  private static final int THREADS = 8;

  final NatsServer nats = NatsServer.start();
  final Origin origin = Origin.start(Behaviours.acceptUploads());
  final List<HarborNginx> nginx = new ArrayList<>();
  final List<TestGateway> gateways = new ArrayList<>();
  private final List<String> yaml = new ArrayList<>();
  private final List<Path> folders = new ArrayList<>();
  final Gorouter router;
  private final TestCertificates certificates;

  /**
   * Starts all of it, and returns when the router knows both nodes.
   *
   * @param whenDown what the https listeners do while their nginx is away
   * @param node keys of the node, comma between them
   */
  Nodes(Path folder, String node, String whenDown) {
    this(folder, node, whenDown, "");
  }

  /**
   * Starts all of it, and returns when the router knows both nodes.
   *
   * @param registration further keys of that section, comma before each
   */
  Nodes(Path folder, String node, String whenDown, String registration) {
    certificates = TestCertificates.in(folder(folder, "ca"));
    router = Gorouter.start(nats, certificates::trusting);
    if (!registration.isEmpty()) {
      router.minimumInterval(1); // else none of the nodes' own would be used
    }
    for (int i = 0; i < COUNT; i++) {
      HarborNginx own = HarborNginx.start(folder, origin);
      nginx.add(own);
      yaml.add(
          new GatewayYaml(certificates)
              .node("event-loops: 1, address: 127.0.0.1, " + node)
              .listener(
                  "https",
                  "https",
                  own.https(),
                  "tls: {ca: \"%s\", server-name: %s}"
                      .formatted(own.certificates().ca(), HarborNginx.NAME),
                  "")
              .whenDown(whenDown)
              .section("http: {trusted-proxies: [127.0.0.1]}")
              .section("registration: {servers: [\"%s\"]%s}".formatted(nats.uri(), registration))
              .text());
      folders.add(folder(folder, "node"));
      gateways.add(TestGateway.start(folders.get(i), yaml.get(i)));
    }
    router.awaitEndpoints(NAME, COUNT, SOON);
  }

  private static Path folder(Path parent, String prefix) {
    try {
      return Files.createTempDirectory(parent, prefix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node again that was closed. */
  void restart(int node) {
    gateways.set(node, TestGateway.start(folders.get(node), yaml.get(node)));
  }

  /** What a client needs that connects to a node itself. */
  RawClient.Tls tls() {
    return RawClient.Tls.of(certificates.trusting()).serverName(NAME);
  }

  /** The address of a node's https listener as the router knows it. */
  String address(int node) {
    return "127.0.0.1:" + gateways.get(node).address("https").getPort();
  }

  /** Requests of several threads, every other one a POST; Harbor's 401 is an answer. */
  RouterLoad.Plan load() {
    byte[] body = new byte[2 << 10];
    return RouterLoad.through(router)
        .threads(THREADS)
        .requestsPerSecond(400)
        .expecting(status -> status < 400 || status == 401)
        .requests(number ->
            number % 2 == 0
                ? RouterRequest.get(NAME, "/v2/")
                : RouterRequest.post(NAME, "/upload/" + number, body));
  }

  /** How many requests can be under way at one moment. */
  int threads() {
    return THREADS;
  }

  @Override
  public void close() {
    router.close();
    gateways.forEach(TestGateway::close);
    nginx.forEach(HarborNginx::close);
    origin.close();
    nats.close();
  }
}
