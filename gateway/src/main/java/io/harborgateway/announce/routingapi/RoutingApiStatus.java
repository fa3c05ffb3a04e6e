package io.harborgateway.announce.routingapi;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of what is announced to the routing API, and how it answers. Contains no token or
 * secret.
 *
 * @param failing whether a request has failed for a reason other than the route itself: the API or
 *     UAA is unreachable, or refuses the credentials
 * @param lastSuccess when a request last succeeded; null: never
 * @param lastError the last such reason, current or past; null: none
 * @param tokenExpires expiry of the current token; null: none is held
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
