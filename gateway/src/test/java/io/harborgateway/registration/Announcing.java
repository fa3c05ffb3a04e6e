package io.harborgateway.registration;

import io.harborgateway.config.AnnouncedRoute;
import io.harborgateway.config.HostName;
import io.harborgateway.config.NatsTls;
import io.harborgateway.config.Registration;
import io.harborgateway.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the tests of the announcing announce, and where. */
final class Announcing {
  static final Origin ORIGIN =
      new Origin("10.0.1.5", UUID.fromString("00000000-0000-4000-8000-000000000001"), "z1");

  /** So long that what is published is published for another reason. */
  static final Duration NEVER = Duration.ofHours(1);

  static final RegisteredRoute HTTPS = route("https", 443);
  static final RegisteredRoute NOTARY = route("notary", 4443);

  private Announcing() {}

  static Registration at(Duration interval, URI... servers) {
    return new Registration(List.of(servers), null, null, null, null, interval, List.of(), null);
  }

  static Registration withPassword(URI server, String user, String password) {
    return new Registration(
        List.of(server), user, Secret.of(password), null, null, NEVER, List.of(), null);
  }

  static Registration withToken(URI server, String token) {
    return new Registration(
        List.of(server), null, null, Secret.of(token), null, NEVER, List.of(), null);
  }

  static Registration withTls(URI server, @Nullable NatsTls tls) {
    return new Registration(List.of(server), null, null, null, tls, NEVER, List.of(), null);
  }

  static Announcer announcer(Registration registration, RegistrationMeters meters) {
    return new Announcer(registration, ORIGIN, List.of(HTTPS, NOTARY), meters);
  }

  private static RegisteredRoute route(String id, int port) {
    HostName base = HostName.of("guid.example.com");
    var fields =
        new AnnouncedRoute(id, Map.of("component", "harbor"), null, 0, null, null, null, null);
    return new RegisteredRoute(
        id,
        new RegisterMessage(
            List.of(base, HostName.of("guid.extra.example.com")),
            Endpoint.tls(port, base),
            ORIGIN,
            fields));
  }
}
