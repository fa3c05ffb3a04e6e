/**
 * HTTP reverse proxying: the exchange, its front and upstream connections, and which requests are
 * admitted.
 */
package io.harborgateway.http;
