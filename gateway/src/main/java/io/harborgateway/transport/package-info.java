/** Event loops, sockets, buffer memory, time limits, and ways to close a connection. */
package io.harborgateway.transport;
