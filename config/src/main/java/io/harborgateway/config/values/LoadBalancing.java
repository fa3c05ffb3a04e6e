package io.harborgateway.config.values;

/** How gorouter chooses among the endpoints of a route. */
public enum LoadBalancing {
  /** Each in turn. */
  ROUND_ROBIN,
  /** The one with the fewest open requests. */
  LEAST_CONNECTION,
  /** The same one for the same value of a header field, as far as load allows. */
  HASH
}
