package io.harborgateway.announce.state;

/** Whether another endpoint is known to serve the names of a route. */
public enum Presence {
  /**
   * Each of the names is announced by another endpoint, which serves it; or it is not to be known,
   * as without {@code registration.last-node: keep}.
   */
  ANOTHER,
  /** Another one would have been heard by now. */
  NOBODY,
  /** NATS is away, or others were not listened to for long enough. */
  UNKNOWN
}
