/** Listeners: binding, accepting within the limits, and the path of each connection. */
package io.harborgateway.listen;
