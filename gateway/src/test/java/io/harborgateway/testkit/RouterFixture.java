package io.harborgateway.testkit;

import io.harborgateway.testkit.TestCertificates.Issued;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A nats-server, a {@link Gorouter} on it, and origins that are registered by hand. */
final class RouterFixture implements AutoCloseable {
  static final String NAME = "a.test";
  private static final Duration SOON = Duration.ofSeconds(10);

  final NatsServer nats = NatsServer.start();
  final TestCertificates certificates;
  final Gorouter router;
  final Connection registrar;

  /** How often the router has asked what to trust. */
  final AtomicInteger contexts = new AtomicInteger();

  private final Issued identity;
  private final List<Origin> origins = new ArrayList<>();

  RouterFixture(Path folder) throws Exception {
    certificates = TestCertificates.in(folder);
    identity = certificates.issue(NAME);
    router =
        Gorouter.start(
            nats,
            () -> {
              contexts.incrementAndGet();
              return certificates.trusting();
            });
    registrar = Nats.connect(nats.uri().toString());
  }

  /** An origin whose certificate is for {@link #NAME}. */
  Origin tls(Behaviour behaviour) {
    return closing(Origin.startTls(certificates.presenting(identity), behaviour));
  }

  /** One that answers every request with 200 and the head of the request. */
  Origin good() {
    return tls(Behaviours.http(request -> Answer.of(200).text(request.head().toString())));
  }

  /** Closes it at the end. */
  Origin closing(Origin origin) {
    origins.add(origin);
    return origin;
  }

  /** Registers them for {@link #NAME} by their {@code tls_port}, and waits until they are known. */
  void register(Origin... all) {
    for (Origin origin : all) {
      publish(
          "router.register",
          """
          {"uris":["%s"],"host":"127.0.0.1","tls_port":%d,"server_cert_domain_san":"%s"}
          """
              .formatted(NAME, origin.port(), NAME));
    }
    router.awaitEndpoints(NAME, all.length, SOON);
  }

  void publish(String subject, String json) {
    registrar.publish(subject, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a request until it comes to this origin first; which must be the second time. */
  RouterResponse requestFirstAt(Origin origin, RouterRequest request) {
    for (int i = 0; i < 2; i++) {
      RouterResponse response = router.request(request);
      if (response.attempts().getFirst().address().equals("127.0.0.1:" + origin.port())) {
        return response;
      }
    }
    throw new AssertionError(
        "two requests, none to " + origin.port() + ": " + router.endpoints(NAME));
  }

  @Override
  public void close() throws Exception {
    registrar.close();
    router.close();
    origins.forEach(Origin::close);
    nats.close();
  }
}
