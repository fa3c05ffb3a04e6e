package io.harborgateway.config;

import io.harborgateway.config.meta.Default;
import io.harborgateway.config.meta.Doc;
import io.harborgateway.config.meta.Format;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.meta.ReadableFile;
import io.harborgateway.config.meta.Schemes;
import io.harborgateway.config.meta.TextFormat;
import io.harborgateway.config.values.LastNode;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where and how routes are announced. */
@Doc("Where and how routes are announced to the Cloud Foundry routers.")
public record RegistrationConfig(
    @Doc(
            "The NATS servers of one cluster, as `nats://host:port` or `tls://host:port`. Empty:"
                + " those of `registrar-settings`, with their users, passwords and TLS.")
        @Default("[]")
        @Schemes(
            value = {"nats", "tls"},
            hostAndPort = true)
        List<URI> servers,
    @Doc("The user at NATS; together with `password`.") @Format(TextFormat.TEXT)
        @Nullable String user,
    @Doc("The password at NATS; together with `user`.") @Nullable Secret password,
    @Doc("A token in place of user and password.") @Nullable Secret token,
    @Doc(
            "A credentials file of NATS, with a user's JWT and NKey seed, or with the seed alone; in"
                + " place of user, password and token. Read again at each connection.")
        @ReadableFile
        @Nullable Path credentials,
    @Doc("TLS to NATS. Needed for a CA that the JDK does not know, and for mTLS.")
        @Nullable NatsTlsConfig tls,
    @Doc("How often each route is announced again. The routers forget a plain route after 120s.")
        @Default("20s")
        @Range(
            min = RegistrationConfig.SHORTEST_INTERVAL,
            max = RegistrationConfig.LONGEST_INTERVAL)
        Duration interval,
    @Doc(
            "How many gateways announce at these NATS servers. Above 100, answers to a router that"
                + " starts are spread over 1 ms for each, so that they do not come all at once.")
        @Default("1")
        @Range(min = "1", max = "100000")
        int fleetSize,
    @Doc(
            "A route is withdrawn when its certificate ends within this time: long enough to drain"
                + " before clients begin to fail.")
        @Default("5m")
        @Range(min = "0s", max = "720h")
        Duration certificateGuard,
    @Doc("When the log begins to warn, once a day, of a certificate that ends.")
        @Default(RegistrationConfig.CERTIFICATE_WARNING)
        @Range(min = "0s", max = "8760h")
        Duration certificateWarning,
    @Doc(
            "What a route becomes whose upstream is down while no other node announces its names:"
                + " `keep` leaves it announced, and every request is answered 503 with"
                + " `Retry-After`; with `withdraw` the routers answer 404, which docker takes for"
                + " an unknown image. Another node is known by its messages on NATS.")
        @Default("keep")
        LastNode lastNode,
    @Doc(
            "What is announced. Empty: the first `https` listener; nothing if there is none but"
                + " there are `tcp-routes`, or where `registrar-settings` says what is announced.")
        @Default("[]")
        List<AnnouncedRouteConfig> routes,
    @Doc(
            "Where `tcp-routes` are announced, and the TCP routes of `registrar-settings`. Not"
                + " written: the latter where `registrar-settings` says.")
        @Nullable RoutingApiConfig routingApi,
    @Doc("The ports of the TCP routers that lead to this node; they need `routing-api`.")
        @Default("[]")
        List<TcpRouteConfig> tcpRoutes,
    @Doc(
            "The `registrar_settings.json` of route_registrar, read unchanged: its routes, and those"
                + " of the files that its `dynamic_config_globs` match, are announced too, each"
                + " while its health script succeeds. Not written: none.")
        @ReadableFile
        @Nullable Path registrarSettings,
    @Doc(
            "Further environment variables that the health scripts of `registrar-settings` get."
                + " Without: `PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `LANG`, `LANGUAGE`,"
                + " `LC_*`, `TZ` and `TMPDIR` alone, as others may hold secrets.")
        @Default("[]")
        @Format(TextFormat.VARIABLE)
        List<String> scriptEnvironment) {

  public RegistrationConfig {
    servers = List.copyOf(servers);
    routes = List.copyOf(routes);
    tcpRoutes = List.copyOf(tcpRoutes);
    scriptEnvironment = List.copyOf(scriptEnvironment);
  }

  /**
   * The least interval of one route's messages, whoever asks for it: anything shorter would flood
   * the bus.
   */
  public static final String SHORTEST_INTERVAL = "1s";

  public static final String LONGEST_INTERVAL = "1h";

  /** Two weeks; applies also where no registration is configured. */
  public static final String CERTIFICATE_WARNING = "336h";

  /** The NATS servers, and how to log in to them. */
  public NatsAccess access() {
    return new NatsAccess(servers, user, password, token, credentials, tls);
  }

  /** Returns a copy that announces at other NATS servers. */
  public RegistrationConfig at(
      List<URI> others,
      @Nullable String otherUser,
      @Nullable Secret otherPassword,
      @Nullable NatsTlsConfig otherTls) {
    return new RegistrationConfig(
        others,
        otherUser,
        otherPassword,
        null,
        null,
        otherTls,
        interval,
        fleetSize,
        certificateGuard,
        certificateWarning,
        lastNode,
        routes,
        routingApi,
        tcpRoutes,
        registrarSettings,
        scriptEnvironment);
  }
}
