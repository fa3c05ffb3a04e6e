/** Two connections joined: by splice(2) without buffers of the process, or by buffers. */
package io.harborgateway.relay;
