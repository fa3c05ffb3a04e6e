/**
 * Detection of file changes: what distinguishes versions of a file, and who is notified.
 *
 * <p>Knows nothing about the meaning of the files. Whoever is notified reads and compares them.
 */
@NullMarked
package io.harborgateway.watch;

import org.jspecify.annotations.NullMarked;
