/**
 * What the gateway costs beside the programs that could stand in its place, measured on one machine
 * in one run: {@code bin/bench compare}.
 */
@NullMarked
package io.harborgateway.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
