package io.harborgateway.admin;

import io.netty.handler.codec.http.HttpResponseStatus;

/** An answer of the admin endpoint before it becomes HTTP. */
record AdminResponse(HttpResponseStatus status, String contentType, String body) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** Text for people, with the line end that a terminal wants. */
  static AdminResponse text(HttpResponseStatus status, String line) {
    return new AdminResponse(status, TEXT, line + "\n");
  }
}
