package io.harborgateway.config;

/** Whose applications a router lets through to a {@link RoutePolicy}. */
public enum RoutePolicyScope {
  /** Those of every organization. */
  ANY,
  /** Those of the endpoint's organization. */
  ORG,
  /** Those of the endpoint's space. */
  SPACE
}
