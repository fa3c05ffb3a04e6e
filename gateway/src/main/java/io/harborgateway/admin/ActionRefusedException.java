package io.harborgateway.admin;

/** The state of the node does not allow what was asked for: 409, with the message as its reason. */
public final class ActionRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ActionRefusedException(String reason) {
    super(reason);
  }
}
