/** The arithmetic and the output of the benchmarks; no timing is asserted. */
@NullMarked
package io.harborgateway.benchmarks.report;

import org.jspecify.annotations.NullMarked;
