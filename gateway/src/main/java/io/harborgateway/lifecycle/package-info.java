/**
 * The state of the process: ready or not and why, draining, how much is in flight; and what has
 * happened to it. Independent of the parts that report to it.
 */
@NullMarked
package io.harborgateway.lifecycle;

import org.jspecify.annotations.NullMarked;
