package io.harborgateway.announce.routingapi;

import io.harborgateway.config.RoutingApiConfig;
import io.harborgateway.config.values.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the routing API and UAA are, and as whom they are asked. Immutable.
 *
 * @param client the name of the OAuth client
 * @param ttl the longest time for which the API keeps a mapping that is not upserted again; at
 *     least 1 s, and counted in whole seconds
 */
public record RoutingApiAccess(
    Server api, Server uaa, String client, Secret clientSecret, Duration ttl) {

  /**
   * One of the two servers.
   *
   * @param url what each request's path is put behind; without query and fragment
   * @param ca the CAs that are trusted; null: those of the JDK
   * @param certificate the client's certificate chain; null: none is presented
   * @param key its private key; set exactly when {@code certificate} is
   * @param verified whether the server's certificate is; else anybody may be the server
   */
  public record Server(
      URI url,
      @Nullable Path ca,
      @Nullable Path certificate,
      @Nullable Path key,
      boolean verified) {}

  /** As the configuration's section has it, which knows no server that is not verified. */
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
