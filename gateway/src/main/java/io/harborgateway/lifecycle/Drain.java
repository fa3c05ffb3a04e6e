package io.harborgateway.lifecycle;

/**
 * The signal that this process is on its way out. It can be taken back. Safe for use by any thread;
 * {@link #draining()} is one volatile read.
 */
public final class Drain {
  private volatile boolean draining;

  /** True from the call of {@link #begin()} to that of {@link #end()}. */
  public boolean draining() {
    return draining;
  }

  /**
   * Begins the drain.
   *
   * @return false if it had begun before; then nothing happens
   */
  public synchronized boolean begin() {
    boolean begun = draining;
    draining = true;
    return !begun;
  }

  /**
   * Takes the drain back.
   *
   * @return false if it had not begun
   */
  public synchronized boolean end() {
    boolean begun = draining;
    draining = false;
    return begun;
  }
}
