package io.harborgateway.source;

import java.io.IOException;

/** Thrown if a bucket exceeds the limits. */
final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  TooLargeException(String message) {
    super(message);
  }
}
