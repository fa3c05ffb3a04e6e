/** Forwarding of TCP connections as they are. */
package io.harborgateway.tcp;
