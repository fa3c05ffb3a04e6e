/**
 * The admin port: health, readiness, metrics and status, read-only, for the node's operator. Not
 * the data plane: small, aggregated, and free to wait on a thread of its own.
 */
@NullMarked
package io.harborgateway.admin;

import org.jspecify.annotations.NullMarked;
