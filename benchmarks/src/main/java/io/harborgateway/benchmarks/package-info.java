/**
 * What single steps cost, in time and in allocation. {@code bin/bench micro} runs them.
 *
 * <p>A benchmark of what is package-private stands in the package that it measures: {@link
 * io.harborgateway.http.head.HeadParse}, {@link io.harborgateway.logging.AccessLogLine}. Making the
 * head parser and the logs public for the sake of their figures would cost more than a package that
 * two modules share.
 */
@NullMarked
package io.harborgateway.benchmarks;

import org.jspecify.annotations.NullMarked;
