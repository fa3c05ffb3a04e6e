package io.harborgateway.announce.state;

/** Where a route is on its way to the routers and back; drawn in docs/announcing.md. */
public enum RouteState {
  /** Something that it needs does not hold, and the routers were not told of it. */
  HELD,
  /** It is to be known; the routers are told as soon as that is possible. */
  READY,
  /** The routers were told, and are again at each interval. */
  ANNOUNCED,
  /** Something does not hold any more; the routers are being told. */
  WITHDRAWING,
  /** The routers were told that it is gone. */
  WITHDRAWN;

  /** Returns whether the routers know of it, or are to. */
  public boolean isWanted() {
    return this == READY || this == ANNOUNCED;
  }
}
