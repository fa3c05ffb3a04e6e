package io.harborgateway.config.values;

/** What happens to new connections while no upstream answers. */
public enum WhenDown {
  /** {@link #ALERT} on an {@code https} listener, otherwise {@link #CLOSE}. */
  AUTO,
  /** They get the TLS alert handshake_failure: the listener stays open. */
  ALERT,
  /** The listener is closed. */
  CLOSE
}
