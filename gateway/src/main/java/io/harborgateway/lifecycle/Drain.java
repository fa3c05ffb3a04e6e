package io.harborgateway.lifecycle;

/**
 * The signal that this process is draining. It can be revoked. Thread-safe; {@link #draining()} is
 * one volatile read.
 */
public final class Drain {
  private volatile boolean draining;

  /** True between {@link #begin()} and {@link #end()}. */
  public boolean draining() {
    return draining;
  }

  /**
   * Begins the drain.
   *
   * @return false if it had already begun; then nothing happens
   */
  public synchronized boolean begin() {
    boolean begun = draining;
    draining = true;
    return !begun;
  }

  /**
   * Revokes the drain.
   *
   * @return false if it had not begun
   */
  public synchronized boolean end() {
    boolean begun = draining;
    draining = false;
    return begun;
  }
}
