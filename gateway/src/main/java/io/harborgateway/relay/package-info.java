/**
 * Relays between two connections: with splice(2), without buffers in the process, or with buffers.
 */
package io.harborgateway.relay;
