/**
 * Where instances come from beside the configuration itself: the files of a folder, and a bucket of
 * NATS with the file that keeps its last good state. A source hands over texts with their versions;
 * what they mean, and whether they fit together, package {@code snapshot} decides.
 */
@NullMarked
package io.harborgateway.source;

import org.jspecify.annotations.NullMarked;
