/** Event loops, sockets, memory for buffers, time limits, and the ways to close. */
package io.harborgateway.transport;
