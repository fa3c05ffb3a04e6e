package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.List;

/**
 * A snapshot of what is announced, how often, to whom, and over which connection.
 *
 * @param interval at which routes are announced again: the configured one, within the routers'
 *     bounds
 */
public record AnnouncerStatus(
    List<RouteStatus> routes, Duration interval, List<RouterStatus> routers, BusStatus nats) {
  public AnnouncerStatus {
    routes = List.copyOf(routes);
    routers = List.copyOf(routers);
  }
}
