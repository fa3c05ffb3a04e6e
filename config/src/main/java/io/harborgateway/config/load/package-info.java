/**
 * Loads the configuration: binds it, checks what holds between keys, and writes the schema and the
 * reference.
 */
package io.harborgateway.config.load;
