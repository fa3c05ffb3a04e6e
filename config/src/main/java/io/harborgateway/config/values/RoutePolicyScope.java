package io.harborgateway.config.values;

/** Whose applications a router lets through to an application. */
public enum RoutePolicyScope {
  /** Those of every organization. */
  ANY,
  /** Those of the endpoint's organization. */
  ORG,
  /** Those of the endpoint's space. */
  SPACE
}
