package io.harborgateway.announce.routeregistrar;

import io.harborgateway.announce.routeregistrar.HttpRoute.Backend;
import io.harborgateway.announce.routeregistrar.TcpRoute.FrontendTls;
import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.values.QuotedText;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one route. Rejects what route_registrar's {@code RouteFromSchema} rejects, and also what it
 * crashes on later or no router accepts: a TCP route without one of its ports, an HTTP route with
 * only an SNI port.
 */
final class RouteReader {
  private static final String INTERVAL = "registration_interval";
  private static final String LONGER_THAN_ZERO = GoDuration.EXPECTED + ", longer than 0";

  private final Fields fields;
  private final boolean viaNats;
  private final boolean sni;
  private final String name;
  private final String host;
  private final @Nullable Integer port;
  private final @Nullable Integer tlsPort;
  private final @Nullable Integer sniPort;
  private final @Nullable Integer externalPort;
  private final String protocol;
  private final List<String> uris;
  private final Map<String, String> tags;
  private final String routerGroup;
  private final @Nullable String routeServiceUrl;
  private final @Nullable String serverCertDomainSan;
  private final @Nullable String sniRoutableSan;
  private final @Nullable String sniRewriteSan;
  private final boolean terminateFrontendTls;
  private final boolean enableBackendTls;
  private final List<String> alpns;
  private final RouteOptionsConfig options;
  private final @Nullable Duration interval;
  private final @Nullable ScriptCheck check;

  /** Reads every key, whatever the type: a key of another type does not count as unknown. */
  private RouteReader(Fields fields, String defaultHost) {
    this.fields = fields;
    String type = type(fields);
    sni = type.equals("sni");
    viaNats = !sni && !type.equals("tcp");
    name = fields.text("name");
    String ownHost = fields.text("host");
    host = ownHost.isEmpty() ? defaultHost : ownHost;
    port = fields.port("port");
    tlsPort = fields.port("tls_port");
    sniPort = fields.port("sni_port");
    externalPort = fields.port("external_port");
    protocol = fields.text("protocol");
    uris = fields.texts("uris");
    tags = fields.textMap("tags");
    routerGroup = fields.text("router_group");
    routeServiceUrl = fields.textOrNull("route_service_url");
    serverCertDomainSan = fields.textOrNull("server_cert_domain_san");
    sniRoutableSan = fields.textOrNull("sni_routable_san");
    sniRewriteSan = fields.textOrNull("sni_rewrite_san");
    terminateFrontendTls = fields.flag("terminate_frontend_tls");
    enableBackendTls = fields.flag("enable_backend_tls");
    alpns = fields.texts("alpns");
    options = OptionsReader.read(fields);
    interval = interval(fields);
    check = check(fields.object("health_check"), interval);
    fields.warnOfUnknown();
  }

  /**
   * Reads the route; null if there is a problem, which has then been reported.
   *
   * @param defaultHost for a route without a host; may be empty
   */
  static @Nullable RegistrarRoute read(Fields fields, String defaultHost, Report report) {
    int before = report.count();
    var reader = new RouteReader(fields, defaultHost);
    RegistrarRoute route = reader.viaNats ? reader.http() : reader.tcp();
    return report.count() == before ? route : null;
  }

  private @Nullable HttpRoute http() {
    checkHostAndProtocol();
    if (name.isEmpty()) {
      require("name", "a name");
    }
    if (port == null && tlsPort == null && !fields.has("tls_port")) {
      require("port", "port or tls_port");
    }
    if (uris.isEmpty()) {
      require("uris", "one URI at least");
    }
    for (int i = 0; i < uris.size(); i++) {
      if (uris.get(i).isEmpty()) {
        fields.itemProblem("uris", i, "empty", "a URI");
      }
    }
    checkRouteService();
    if (tlsPort != null && serverCertDomainSan == null) {
      String expected = "server_cert_domain_san, by which gorouter knows the certificate";
      fields.warn("tls_port", "without server_cert_domain_san", expected);
    }
    if (interval == null) {
      return null;
    }
    boolean http2 = protocol.equals("http2");
    return new HttpRoute(
        name,
        new Backend(host, port, tlsPort, serverCertDomainSan, http2),
        uris,
        tags,
        routeServiceUrl,
        options,
        interval,
        check);
  }

  private @Nullable TcpRoute tcp() {
    checkHostAndProtocol();
    if (routerGroup.isEmpty()) {
      require("router_group", "the name of a router group");
    }
    String portKey = sni ? "sni_port" : "port";
    Integer backendPort = sni ? sniPort : port;
    if (backendPort == null) {
      require(portKey, "the port to connect to");
    }
    if (externalPort == null) {
      require("external_port", "the port that the routers listen on");
    }
    if (backendPort == null || externalPort == null || interval == null) {
      return null;
    }
    String hostname = sni ? sniRoutableSan : serverCertDomainSan;
    var tls =
        new FrontendTls(hostname, sniRewriteSan, terminateFrontendTls, enableBackendTls, alpns);
    return new TcpRoute(name, routerGroup, externalPort, host, backendPort, tls, interval, check);
  }

  private void checkHostAndProtocol() {
    if (host.isEmpty()) {
      require("host", "a host, here or for all routes");
    }
    if (!List.of("", "http1", "http2").contains(protocol)) {
      fields.problem("protocol", QuotedText.of(protocol), "http1 or http2");
    }
  }

  private void checkRouteService() {
    if (routeServiceUrl == null) {
      return;
    }
    try {
      if (!"https".equals(new URI(routeServiceUrl).getScheme())) {
        String expected = "an https URL: gorouter ignores the route otherwise";
        fields.warn("route_service_url", QuotedText.of(routeServiceUrl), expected);
      }
    } catch (URISyntaxException e) {
      fields.problem("route_service_url", QuotedText.of(routeServiceUrl), "an https URL");
    }
  }

  /**
   * Reports a missing key, unless its value is present but wrong, which has already been reported.
   */
  private void require(String key, String expected) {
    require(fields, key, expected);
  }

  private static void require(Fields fields, String key, String expected) {
    if (!fields.has(key)) {
      fields.missing(key, expected);
    } else if (fields.isEmpty(key)) {
      fields.problem(key, "empty", expected);
    }
  }

  private static String type(Fields fields) {
    String type = fields.text("type");
    if (!List.of("", "http", "tcp", "sni").contains(type)) {
      fields.warn("type", QuotedText.of(type) + ", taken for http", "http, tcp or sni");
    }
    return type;
  }

  private static @Nullable Duration interval(Fields fields) {
    String text = fields.text(INTERVAL);
    if (text.isEmpty()) {
      require(fields, INTERVAL, LONGER_THAN_ZERO);
      return null;
    }
    return positive(fields, INTERVAL, text);
  }

  private static @Nullable Duration positive(Fields fields, String key, String text) {
    Duration duration = GoDuration.parse(text);
    if (duration == null || !duration.isPositive()) {
      fields.problem(key, QuotedText.of(text), LONGER_THAN_ZERO);
      return null;
    }
    return duration;
  }

  private static @Nullable ScriptCheck check(@Nullable Fields check, @Nullable Duration interval) {
    if (check == null) {
      return null;
    }
    String name = check.text("name");
    String scriptPath = check.text("script_path");
    String timeoutText = check.text("timeout");
    check.warnOfUnknown();
    if (name.isEmpty()) {
      require(check, "name", "a name");
    }
    if (scriptPath.isEmpty()) {
      require(check, "script_path", "the path of a script");
    }
    if (interval == null) {
      return null;
    }
    if (timeoutText.isEmpty()) {
      return new ScriptCheck(name, scriptPath, interval.dividedBy(2));
    }
    Duration timeout = positive(check, "timeout", timeoutText);
    if (timeout == null) {
      return null;
    }
    if (timeout.compareTo(interval) >= 0) {
      check.problem("timeout", QuotedText.of(timeoutText), "less than " + INTERVAL);
    }
    return new ScriptCheck(name, scriptPath, timeout);
  }
}
