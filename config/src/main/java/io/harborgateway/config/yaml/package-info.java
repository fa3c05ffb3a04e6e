/**
 * YAML as a tree in which everything has its place. Only the plain part of YAML: one document, no
 * anchors, aliases or tags. Knows nothing of the configuration.
 */
package io.harborgateway.config.yaml;
