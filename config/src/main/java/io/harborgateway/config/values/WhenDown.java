package io.harborgateway.config.values;

/** What new connections meet while no upstream answers. */
public enum WhenDown {
  /** {@link #ALERT} on an {@code https} listener, else {@link #CLOSE}. */
  AUTO,
  /** The TLS alert handshake_failure: the listener stays. */
  ALERT,
  /** Nobody listens. */
  CLOSE
}
