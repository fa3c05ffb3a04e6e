package io.harborgateway.announce.state;

/** The state of a route's announcement; see the diagram in docs/announcing.md. */
public enum RouteState {
  /** Something holds it back, and the routers have not been told about it. */
  HELD,
  /** It should be announced; the routers are told as soon as possible. */
  READY,
  /** The routers have been told, and are told again at each interval. */
  ANNOUNCED,
  /** Something holds it back; the routers are being told. */
  WITHDRAWING,
  /** The routers have been told that it is gone. */
  WITHDRAWN;

  /** Returns whether the routers know it or should know it. */
  public boolean isWanted() {
    return this == READY || this == ANNOUNCED;
  }
}
