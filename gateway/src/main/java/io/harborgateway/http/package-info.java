/** HTTP/1.1 reverse proxying: framing, fields, one exchange, the table of failures. */
package io.harborgateway.http;
