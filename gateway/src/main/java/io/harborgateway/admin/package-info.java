/**
 * The admin port for the node's operator: health, readiness, metrics and status to read, a drain to
 * begin and to undo. Not the data plane: small, aggregated, and free to wait on a thread of its
 * own.
 */
@NullMarked
package io.harborgateway.admin;

import org.jspecify.annotations.NullMarked;
