package io.harborgateway.announce.nats;

import io.harborgateway.config.AnnouncedRoute;
import io.harborgateway.config.HostName;
import io.harborgateway.config.LastNode;
import io.harborgateway.config.NatsTls;
import io.harborgateway.config.Registration;
import io.harborgateway.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the tests of the announcing announce, and where. */
final class TestRoutes {
  static final NodeIdentity ORIGIN =
      new NodeIdentity("10.0.1.5", UUID.fromString("00000000-0000-4000-8000-000000000001"), "z1");

  /** So long that what is published is published for another reason. */
  static final Duration NEVER = Duration.ofHours(1);

  static final RegisteredRoute HTTPS = route("https", 443);
  static final RegisteredRoute NOTARY = route("notary", 4443);

  private TestRoutes() {}

  static Registration at(Duration interval, URI... servers) {
    return registration(List.of(servers), null, null, null, null, null, interval);
  }

  static Registration withPassword(URI server, String user, String password) {
    return registration(List.of(server), user, Secret.of(password), null, null, null, NEVER);
  }

  static Registration withPassword(URI server, String user, Secret password) {
    return registration(List.of(server), user, password, null, null, null, NEVER);
  }

  static Registration withToken(URI server, String token) {
    return registration(List.of(server), null, null, Secret.of(token), null, null, NEVER);
  }

  static Registration withToken(URI server, Secret token) {
    return registration(List.of(server), null, null, token, null, null, NEVER);
  }

  static Registration withTls(URI server, @Nullable NatsTls tls) {
    return registration(List.of(server), null, null, null, null, tls, NEVER);
  }

  static Registration withCredentials(URI server, Path credentials) {
    return registration(List.of(server), null, null, null, credentials, null, NEVER);
  }

  private static Registration registration(
      List<URI> servers,
      @Nullable String user,
      @Nullable Secret password,
      @Nullable Secret token,
      @Nullable Path credentials,
      @Nullable NatsTls tls,
      Duration interval) {
    return new Registration(
        servers,
        user,
        password,
        token,
        credentials,
        tls,
        interval,
        1,
        Duration.ofMinutes(5),
        Duration.ofDays(14),
        LastNode.KEEP,
        List.of(),
        null,
        List.of(),
        null,
        List.of());
  }

  static Announcer announcer(Registration registration, RegistrationMeters meters) {
    return new Announcer(registration, ORIGIN, List.of(HTTPS, NOTARY), meters);
  }

  private static RegisteredRoute route(String id, int port) {
    HostName base = HostName.of("guid.example.com");
    var fields =
        new AnnouncedRoute(
            id, List.of(), Map.of("component", "harbor"), null, 0, null, null, null, null);
    return new RegisteredRoute(
        id,
        new RegistryMessage(
            List.of(base.value(), "guid.extra.example.com"),
            Endpoint.tls(port, base),
            ORIGIN,
            fields));
  }
}
