/**
 * A lean load client and a backend, for one event loop each. The client does the work that it is
 * told, checks every answer, and reads what the proxy's processes spent at the very moments between
 * which it counts.
 */
@NullMarked
package io.harborgateway.benchmarks.load;

import org.jspecify.annotations.NullMarked;
