package io.harborgateway.source;

import java.io.IOException;

/** A bucket has more than is taken of one. */
final class TooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  TooLargeException(String message) {
    super(message);
  }
}
