package io.harborgateway.announce;

import io.harborgateway.announce.routeregistrar.RegistrarSettings;
import io.harborgateway.announce.routeregistrar.RoutingApi;
import io.harborgateway.announce.routingapi.RoutingApiAccess;
import io.harborgateway.announce.routingapi.RoutingApiAccess.Server;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads access to the routing API from route_registrar's settings file. */
final class RegistrarApi {
  private final ConfigSource source;
  private final List<Problem> problems;

  private RegistrarApi(ConfigSource source, List<Problem> problems) {
    this.source = source;
    this.problems = problems;
  }

  /**
   * Returns the file's API; null if it has none or, with a problem reported, one that can't be
   * used. Checks the files that it names.
   *
   * @param problems receives what can't be used
   * @param warnings receives what works but is less secure than it looks
   */
  static @Nullable RoutingApiAccess access(
      RegistrarSettings settings, List<Problem> problems, List<Problem> warnings) {
    RoutingApi api = settings.routingApi();
    if (api == null) {
      return null;
    }
    if (api.skipSslValidation()) {
      String expected = "false: the client's secret may go to anybody";
      warnings.add(settings.source().problem("routing_api.skip_ssl_validation", "true", expected));
    }
    return new RegistrarApi(settings.source(), problems).access(api);
  }

  private @Nullable RoutingApiAccess access(RoutingApi api) {
    var files = new NamedFiles(source, problems);
    URI apiUrl = url("api_url", api.apiUrl());
    URI uaaUrl = url("oauth_url", api.oauthUrl());
    var tls = api.tls();
    boolean https = apiUrl != null && "https".equals(apiUrl.getScheme());
    // without https the mTLS files need not exist
    var ca = https ? files.file("routing_api.server_ca_cert_path", tls.serverCa()) : null;
    var certificate = https ? files.file("routing_api.client_cert_path", tls.certificate()) : null;
    var key = https ? files.file("routing_api.client_private_key_path", tls.key()) : null;
    var uaaCa = files.file("routing_api.ca_certs", api.caCerts());
    if (apiUrl == null || uaaUrl == null) {
      return null;
    }
    return new RoutingApiAccess(
        new Server(apiUrl, ca, certificate, key, true),
        new Server(uaaUrl, uaaCa, null, null, !api.skipSslValidation()),
        api.clientId(),
        api.clientSecret(),
        api.maxTtl());
  }

  private @Nullable URI url(String key, String text) {
    try {
      URI url = new URI(text);
      boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
      boolean plain =
          url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
      if (http && plain && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // reported below
    }
    // not quoted: it may contain a password
    problems.add(
        source.problem(
            "routing_api." + key,
            "another kind of URL",
            "http or https, with a host, and without user, query and fragment"));
    return null;
  }
}
