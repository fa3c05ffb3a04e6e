/**
 * The conversation between two processes of one node, of which the second takes over the sockets of
 * the first: see {@link io.harborgateway.handover.Link} for its form and docs/design.md for its
 * course.
 */
@NullMarked
package io.harborgateway.handover;

import org.jspecify.annotations.NullMarked;
