package io.harborgateway.announce.routingapi;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is announced to the routing API, and how it answers, at one moment. No token or secret is in
 * it.
 *
 * @param failing whether something could not be said to the API, for a reason that is not the
 *     route's own: the API or UAA is away, or refuses the credentials
 * @param lastSuccess when the API last did what it was asked; null: never
 * @param lastError the last such reason, of now or of before; null: none
 * @param tokenExpires until when the token is valid that is held; null: none is held
 */
public record RoutingApiStatus(
    List<TcpRouteStatus> routes,
    boolean failing,
    @Nullable Instant lastSuccess,
    @Nullable String lastError,
    @Nullable Instant tokenExpires) {

  public RoutingApiStatus {
    routes = List.copyOf(routes);
  }
}
