package io.harborgateway.admin;

/** Thrown if a request asks for what does not exist: 400, with the message as its reason. */
public final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BadRequestException(String reason) {
    super(reason);
  }
}
