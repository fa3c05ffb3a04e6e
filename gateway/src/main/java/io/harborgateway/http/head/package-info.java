/** Heads of requests and responses: views of their octets, the rules for them, and their edits. */
package io.harborgateway.http.head;
