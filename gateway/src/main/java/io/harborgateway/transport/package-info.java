/** Event loops, socket options, time limits, and the ways in which bytes are relayed and closed. */
package io.harborgateway.transport;
