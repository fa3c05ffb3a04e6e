package io.harborgateway.registration;

/** Whether another node announces the names of a route. */
public enum Presence {
  /** Each of the names is announced by another endpoint, which serves it. */
  ANOTHER,
  /** Another one would have been heard by now. */
  NOBODY,
  /** NATS is away, or was until a moment ago, or does not let this gateway listen. */
  UNKNOWN
}
