/** The arithmetic and the output of the benchmarks; no timing is asserted. */
@NullMarked
package io.harborgateway.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
