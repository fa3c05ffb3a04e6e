/** The commands of bin/ that a user calls. */
@NullMarked
package io.harborgateway.scripts;

import org.jspecify.annotations.NullMarked;
