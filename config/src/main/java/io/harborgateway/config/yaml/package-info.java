/**
 * YAML as a tree of nodes with places. Only plain YAML: one document, no anchors, aliases or tags.
 * Knows nothing of the configuration.
 */
package io.harborgateway.config.yaml;
