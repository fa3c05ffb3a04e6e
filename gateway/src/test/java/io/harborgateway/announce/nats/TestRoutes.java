package io.harborgateway.announce.nats;

import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.LastNode;
import io.harborgateway.config.values.Secret;
import io.harborgateway.lifecycle.NodeEvents;
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

  static RegistrationConfig at(Duration interval, URI... servers) {
    return registration(List.of(servers), null, null, null, null, null, interval);
  }

  static RegistrationConfig withPassword(URI server, String user, String password) {
    return registration(List.of(server), user, Secret.of(password), null, null, null, NEVER);
  }

  static RegistrationConfig withPassword(URI server, String user, Secret password) {
    return registration(List.of(server), user, password, null, null, null, NEVER);
  }

  static RegistrationConfig withToken(URI server, String token) {
    return registration(List.of(server), null, null, Secret.of(token), null, null, NEVER);
  }

  static RegistrationConfig withToken(URI server, Secret token) {
    return registration(List.of(server), null, null, token, null, null, NEVER);
  }

  static RegistrationConfig withTls(URI server, @Nullable NatsTlsConfig tls) {
    return registration(List.of(server), null, null, null, null, tls, NEVER);
  }

  static RegistrationConfig withCredentials(URI server, Path credentials) {
    return registration(List.of(server), null, null, null, credentials, null, NEVER);
  }

  private static RegistrationConfig registration(
      List<URI> servers,
      @Nullable String user,
      @Nullable Secret password,
      @Nullable Secret token,
      @Nullable Path credentials,
      @Nullable NatsTlsConfig tls,
      Duration interval) {
    return new RegistrationConfig(
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

  static Announcer announcer(RegistrationConfig registration, RegistrationMeters meters) {
    return new Announcer(registration, ORIGIN, List.of(HTTPS, NOTARY), meters, new NodeEvents());
  }

  private static RegisteredRoute route(String id, int port) {
    HostName base = HostName.of("guid.example.com");
    var fields =
        new AnnouncedRouteConfig(
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
