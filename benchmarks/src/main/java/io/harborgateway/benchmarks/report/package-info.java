/** What is done with measured figures: medians, spreads, ratios, tables, charts, files. */
@NullMarked
package io.harborgateway.benchmarks.report;

import org.jspecify.annotations.NullMarked;
