/** The framing of bodies in HTTP/1.1: sizes of chunks, pieces, trailers (RFC 9112). */
package io.harborgateway.http.h1;
