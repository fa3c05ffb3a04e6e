package io.harborgateway.testkit;

import java.io.IOException;

/** An attempt at a backend that failed. */
final class BackendException extends IOException {
  private final BackendFailure failure;

  BackendException(BackendFailure failure, Throwable cause) {
    super(cause.toString(), cause);
    this.failure = failure;
  }

  BackendException(BackendFailure failure, String message) {
    super(message);
    this.failure = failure;
  }

  BackendFailure failure() {
    return failure;
  }
}
