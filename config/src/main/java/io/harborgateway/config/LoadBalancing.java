package io.harborgateway.config;

/** How gorouter chooses among the endpoints of a route. */
public enum LoadBalancing {
  /** One after the other. */
  ROUND_ROBIN,
  /** The one with the fewest open requests. */
  LEAST_CONNECTION
}
