package io.harborgateway.admin;

/**
 * Thrown if the node's state does not allow the requested action: 409, with the message as its
 * reason.
 */
public final class ActionRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ActionRefusedException(String reason) {
    super(reason);
  }
}
