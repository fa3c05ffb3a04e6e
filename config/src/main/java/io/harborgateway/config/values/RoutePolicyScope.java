package io.harborgateway.config.values;

/** Whose applications a router allows to call an application. */
public enum RoutePolicyScope {
  /** Those of every organization. */
  ANY,
  /** Those of the endpoint's organization. */
  ORG,
  /** Those of the endpoint's space. */
  SPACE
}
