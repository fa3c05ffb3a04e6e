/** All meters (Micrometer) by name, in one place. */
package io.harborgateway.metrics;
