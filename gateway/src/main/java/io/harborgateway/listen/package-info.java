/** Listeners: binding, accepting within limits, and the path of each connection. */
package io.harborgateway.listen;
