/** HTTP reverse proxying: one exchange, its front and upstream connections, who may ask what. */
package io.harborgateway.http;
