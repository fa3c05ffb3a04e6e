/**
 * Where instances come from besides the configuration itself: the files of a folder, and a NATS
 * bucket with the file that keeps its last good state. A source provides texts with versions;
 * package {@code snapshot} decides what they mean and whether they fit together.
 */
@NullMarked
package io.harborgateway.source;

import org.jspecify.annotations.NullMarked;
