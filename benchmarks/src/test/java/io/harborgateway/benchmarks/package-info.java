/** Keeps the benchmarks from rotting. */
@NullMarked
package io.harborgateway.benchmarks;

import org.jspecify.annotations.NullMarked;
