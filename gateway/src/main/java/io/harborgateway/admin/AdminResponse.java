package io.harborgateway.admin;

import io.netty.handler.codec.http.HttpResponseStatus;

/** An answer of the admin endpoint, before it becomes an HTTP response. */
record AdminResponse(HttpResponseStatus status, String contentType, String body) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** Human-readable text, with the final line break that a terminal wants. */
  static AdminResponse text(HttpResponseStatus status, String line) {
    return new AdminResponse(status, TEXT, line + "\n");
  }
}
