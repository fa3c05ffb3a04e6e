/**
 * The admin port for the node's operator: health, readiness, metrics and status to read, a drain to
 * begin and to undo. Not the data plane: small, aggregated, and free to block on its own threads.
 */
@NullMarked
package io.harborgateway.admin;

import org.jspecify.annotations.NullMarked;
