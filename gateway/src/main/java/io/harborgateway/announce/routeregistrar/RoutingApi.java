package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.values.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code routing_api}, complete: where TCP routes are announced, and as whom.
 *
 * @param apiUrl URL of the routing API; with {@code https} the three files of {@link ClientTls} are
 *     set
 * @param oauthUrl URL of UAA
 * @param caCerts PEM file of UAA's CAs; null: the system's
 * @param skipSslValidation whether the certificates of UAA, and of an API without mTLS, are not
 *     verified
 * @param maxTtl the longest time that the API keeps a route; positive
 */
public record RoutingApi(
    String apiUrl,
    String oauthUrl,
    String clientId,
    Secret clientSecret,
    @Nullable String caCerts,
    boolean skipSslValidation,
    ClientTls tls,
    Duration maxTtl) {

  /** PEM files for mTLS to the routing API. */
  public record ClientTls(
      @Nullable String certificate, @Nullable String key, @Nullable String serverCa) {}
}
