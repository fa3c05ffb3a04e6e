package io.harborgateway.registration;

import java.util.List;

/** What is announced, and the connection that it is announced on, at one moment. */
public record AnnouncerStatus(List<RouteStatus> routes, BusStatus nats) {
  public AnnouncerStatus {
    routes = List.copyOf(routes);
  }
}
