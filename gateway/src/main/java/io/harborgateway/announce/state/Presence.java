package io.harborgateway.announce.state;

/** Whether another endpoint is known to serve the names of a route. */
public enum Presence {
  /**
   * Each of the names is announced by another endpoint that serves it; or this cannot be known, as
   * without {@code registration.last-node: keep}.
   */
  ANOTHER,
  /** No other endpoint: one would have been heard by now. */
  NOBODY,
  /** NATS is away, or others have not been listened to for long enough. */
  UNKNOWN
}
