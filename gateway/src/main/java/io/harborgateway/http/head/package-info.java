/** Heads of requests and responses: views of their bytes, the rules for them, and edits. */
package io.harborgateway.http.head;
