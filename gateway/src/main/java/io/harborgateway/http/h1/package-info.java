/** HTTP/1.1 message framing: chunk sizes, pieces of bodies, trailers (RFC 9112). */
package io.harborgateway.http.h1;
