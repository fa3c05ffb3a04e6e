/** What all ways of announcing a route have in common: its states and operations. */
@NullMarked
package io.harborgateway.announce.state;

import org.jspecify.annotations.NullMarked;
