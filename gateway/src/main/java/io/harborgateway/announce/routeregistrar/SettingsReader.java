package io.harborgateway.announce.routeregistrar;

import io.harborgateway.announce.routeregistrar.RegistrarSettings.Part;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.yaml.SourceNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code registrar_settings.json}. */
final class SettingsReader {
  private static final int UNREGISTRATIONS = 5;

  /** The routing API's own default. */
  private static final Duration MAX_TTL = Duration.ofMinutes(2);

  private final Path file;
  private final Set<Part> elsewhere;
  private final Report report;

  private SettingsReader(Path file, Set<Part> elsewhere) {
    this.file = file;
    this.elsewhere = elsewhere;
    this.report = new Report(file.toString());
  }

  /** See {@link RegistrarSettings#read}. */
  static RegistrarSettings read(Path file, Set<Part> elsewhere) throws ConfigException {
    var reader = new SettingsReader(file, elsewhere);
    RegistrarSettings settings = reader.settings();
    if (settings == null || reader.report.count() > 0) {
      throw new ConfigException(reader.report.problems());
    }
    return settings;
  }

  /** Reads the settings; null only with a problem reported. */
  private @Nullable RegistrarSettings settings() {
    String text = InputText.read(file, "a readable JSON file", report);
    SourceNode root = text == null ? null : JsonTree.read(text, report);
    Fields fields = root == null ? null : Fields.of(root, "", GoDialect.JSON, report);
    if (fields == null) {
      return null;
    }
    String host = fields.text("host");
    String zone = fields.textOrNull("availability_zone");
    List<RegistrarRoute> routes = routes(fields, host);
    List<BusServer> servers = servers(fields);
    if (servers.isEmpty() && need(Part.SERVERS, HttpRoute.class, routes)) {
      fields.problem("message_bus_servers", "none", "one at least, for routes of type http");
    }
    BusTls busTls = busTls(fields.object("nats_mtls_config"));
    Integer limit = fields.number("unregistration_message_limit", 1, Integer.MAX_VALUE);
    List<String> globs = globs(fields);
    RoutingApi api = routingApi(fields, need(Part.ROUTING_API, TcpRoute.class, routes));
    fields.warnOfUnknown();
    return new RegistrarSettings(
        new ConfigSource(file.toString(), root),
        servers,
        busTls,
        host,
        zone,
        limit == null ? UNREGISTRATIONS : limit,
        routes,
        globs,
        api,
        report.warnings());
  }

  private boolean need(
      Part part, Class<? extends RegistrarRoute> type, List<RegistrarRoute> routes) {
    return !elsewhere.contains(part) && routes.stream().anyMatch(type::isInstance);
  }

  private List<RegistrarRoute> routes(Fields fields, String host) {
    List<RegistrarRoute> routes = new ArrayList<>();
    for (Fields route : fields.objects("routes")) {
      RegistrarRoute read = RouteReader.read(route, host, report);
      if (read != null) {
        routes.add(read);
      }
    }
    return routes;
  }

  private static List<BusServer> servers(Fields fields) {
    List<BusServer> servers = new ArrayList<>();
    for (Fields server : fields.objects("message_bus_servers")) {
      servers.add(
          new BusServer(server.text("host"), server.textOrNull("user"), server.secret("password")));
      server.warnOfUnknown();
    }
    return servers;
  }

  private static @Nullable BusTls busTls(@Nullable Fields fields) {
    if (fields == null) {
      return null;
    }
    Boolean enabled = fields.flagOrNull("enabled");
    var tls =
        new BusTls(
            enabled == null || enabled,
            fields.textOrNull("cert_path"),
            fields.textOrNull("key_path"),
            fields.textOrNull("ca_path"));
    fields.warnOfUnknown();
    return tls;
  }

  private static List<String> globs(Fields fields) {
    List<String> globs = fields.texts("dynamic_config_globs");
    for (int i = 0; i < globs.size(); i++) {
      try {
        PathGlob.of(globs.get(i));
      } catch (IllegalArgumentException e) {
        String found = QuotedText.of(globs.get(i));
        fields.itemProblem("dynamic_config_globs", i, found, PathGlob.EXPECTED);
      }
    }
    return globs;
  }

  /**
   * Reads the routing API. If no route needs it, an incomplete one counts as absent, as in
   * route_registrar.
   */
  private static @Nullable RoutingApi routingApi(Fields fields, boolean needed) {
    Fields api = fields.object("routing_api");
    if (api == null) {
      if (needed) {
        fields.missing("routing_api", "the routing API, for routes of type tcp or sni");
      }
      return null;
    }
    String url = api.text("api_url");
    String oauthUrl = api.text("oauth_url");
    String clientId = api.text("client_id");
    Secret clientSecret = api.secret("client_secret");
    String caCerts = api.textOrNull("ca_certs");
    boolean skip = api.flag("skip_ssl_validation");
    var tls =
        new RoutingApi.ClientTls(
            api.textOrNull("client_cert_path"),
            api.textOrNull("client_private_key_path"),
            api.textOrNull("server_ca_cert_path"));
    Duration maxTtl = maxTtl(api.text("max_ttl"));
    api.warnOfUnknown();
    List<String> missing = new ArrayList<>();
    addIf(url.isEmpty(), "api_url", missing);
    addIf(oauthUrl.isEmpty(), "oauth_url", missing);
    addIf(clientId.isEmpty(), "client_id", missing);
    addIf(clientSecret == null, "client_secret", missing);
    boolean https = url.startsWith("https:");
    addIf(https && tls.certificate() == null, "client_cert_path", missing);
    addIf(https && tls.key() == null, "client_private_key_path", missing);
    addIf(https && tls.serverCa() == null, "server_ca_cert_path", missing);
    boolean valid = uri(url) != null;
    if (needed) {
      missing.forEach(key -> api.missing(key, "a text"));
      if (!valid) {
        api.problem("api_url", QuotedText.of(url), "a URL");
      }
    }
    return clientSecret == null || !missing.isEmpty() || !valid
        ? null
        : new RoutingApi(url, oauthUrl, clientId, clientSecret, caCerts, skip, tls, maxTtl);
  }

  private static void addIf(boolean condition, String key, List<String> keys) {
    if (condition) {
      keys.add(key);
    }
  }

  private static @Nullable URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /**
   * Reads the maximum TTL. A value that is not a duration, or not above zero, counts as absent, as
   * in route_registrar.
   */
  private static Duration maxTtl(String text) {
    Duration duration = GoDuration.parse(text);
    return duration == null || !duration.isPositive() ? MAX_TTL : duration;
  }
}
