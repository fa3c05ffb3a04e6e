/** Rate limits for log lines that others can trigger, or that report repeated failures. */
@NullMarked
package io.harborgateway.pace;

import org.jspecify.annotations.NullMarked;
