/**
 * The types of the values: each is parsed once, with a message that says what was expected, and is
 * passed on as what it is.
 */
package io.harborgateway.config.values;
