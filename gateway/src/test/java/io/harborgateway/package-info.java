/** What is true of the project as a whole: its layers, and its documents. */
@NullMarked
package io.harborgateway;

import org.jspecify.annotations.NullMarked;
