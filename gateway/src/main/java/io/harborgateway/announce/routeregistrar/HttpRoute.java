package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.RouteOptionsConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A route that gorouter learns over NATS.
 *
 * @param name not empty
 * @param uris at least one, none empty: a name, a wildcard, or a name with a path
 * @param tags in the order of the file
 * @param routeServiceUrl as written; gorouter requires {@code https}, and a warning is given
 *     otherwise
 * @param options its options, with an older {@code allowed_sources} translated into the policy
 */
public record HttpRoute(
    String name,
    Backend backend,
    List<String> uris,
    Map<String, String> tags,
    @Nullable String routeServiceUrl,
    RouteOptionsConfig options,
    Duration registrationInterval,
    @Nullable ScriptCheck check)
    implements RegistrarRoute {

  public HttpRoute {
    uris = List.copyOf(uris);
    // not Map.copyOf: the message keeps the file's order
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  /**
   * The backend that gorouter connects to. At least one port is set; gorouter prefers {@code
   * tlsPort}.
   *
   * @param port plaintext port, 1 to 65535
   * @param tlsPort TLS port, 1 to 65535
   * @param serverCertDomainSan the name in the certificate presented on {@code tlsPort}
   * @param http2 whether it speaks HTTP/2 rather than HTTP/1.1
   */
  public record Backend(
      String host,
      @Nullable Integer port,
      @Nullable Integer tlsPort,
      @Nullable String serverCertDomainSan,
      boolean http2) {}

  @Override
  public String host() {
    return backend.host();
  }

  @Override
  public String label() {
    return name;
  }
}
