/** The packages that bin/package makes. */
@NullMarked
package io.harborgateway.packages;

import org.jspecify.annotations.NullMarked;
