/**
 * Noticing that files change: what tells one version of a file from another, and who is told.
 *
 * <p>Knows nothing of what the files mean. Whoever is told reads them, and compares what they say.
 */
@NullMarked
package io.harborgateway.watch;

import org.jspecify.annotations.NullMarked;
