/** Maps the server name of a ClientHello to the instance and its TLS context. */
package io.harborgateway.tls;
