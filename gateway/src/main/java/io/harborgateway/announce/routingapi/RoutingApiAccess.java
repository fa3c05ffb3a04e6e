package io.harborgateway.announce.routingapi;

import io.harborgateway.config.RoutingApiConfig;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the routing API and UAA, and the credentials for them. Immutable.
 *
 * @param client the id of the OAuth client
 * @param ttl the longest time the API keeps a mapping that is not upserted again; at least 1 s, in
 *     whole seconds
 */
public record RoutingApiAccess(
    Server api, Server uaa, String client, Secret clientSecret, Duration ttl) {

  /**
   * One of the two servers.
   *
   * @param url base to which each request's path is appended; without query and fragment
   * @param ca the trusted CAs; null: the JDK's
   * @param certificate the client's certificate chain; null: none is presented
   * @param key its private key; set if and only if {@code certificate} is
   * @param verified whether the server's certificate is verified; if not, anybody can pose as the
   *     server
   */
  public record Server(
      URI url,
      @Nullable Path ca,
      @Nullable Path certificate,
      @Nullable Path key,
      boolean verified) {}

  /** Creates the access from the configuration's section, which always verifies servers. */
  public static RoutingApiAccess of(RoutingApiConfig section) {
    var uaa = section.uaa();
    return new RoutingApiAccess(
        new Server(section.url(), section.ca(), section.certificate(), section.key(), true),
        new Server(uaa.url(), uaa.ca(), null, null, true),
        uaa.client(),
        uaa.clientSecret(),
        section.ttl());
  }
}
