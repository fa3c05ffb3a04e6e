/**
 * What state the process is in: ready or not and why, draining, how much is in flight; and what has
 * happened to it. Knows none of the parts that report to it.
 */
@NullMarked
package io.harborgateway.lifecycle;

import org.jspecify.annotations.NullMarked;
