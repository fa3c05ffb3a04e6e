/**
 * Loads the configuration: binds it, checks keys against each other, and writes the schema and the
 * reference.
 */
package io.harborgateway.config.load;
