package io.harborgateway.config.values;

/** What happens to a route whose upstream is down while no other node announces its names. */
public enum LastNode {
  /** It stays announced, and its listener answers 503. */
  KEEP,
  /** It is withdrawn: routers then answer 404, as for an unknown name. */
  WITHDRAW
}
