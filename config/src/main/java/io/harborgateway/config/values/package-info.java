/**
 * The types of configuration values: each is parsed once, with an error that says what was
 * expected, and then passed on as its type.
 */
package io.harborgateway.config.values;
