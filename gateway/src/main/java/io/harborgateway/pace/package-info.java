/** How often the log says what others can cause, or what fails, again and again. */
@NullMarked
package io.harborgateway.pace;

import org.jspecify.annotations.NullMarked;
