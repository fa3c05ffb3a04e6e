package io.harborgateway.lifecycle;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signal that this process is on its way out: connections are to be closed after the exchange
 * they carry. It can be taken back. Safe for use by any thread; {@link #draining()} is one volatile
 * read.
 */
public final class Drain {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final Listeners<Drain> listeners = new Listeners<>();
  private volatile boolean draining;

  /** True from the call of {@link #begin()} to that of {@link #end()}. */
  public boolean draining() {
    return draining;
  }

  /**
   * Begins the drain and calls the listeners on this thread.
   *
   * @return false if it had begun before; then nothing happens
   */
  public boolean begin() {
    synchronized (this) {
      if (draining) {
        return false;
      }
      draining = true;
    }
    LOG.info("draining begins");
    listeners.tell(this);
    return true;
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

  /**
   * Calls {@code listener} once, when the drain begins, or now if it has begun. It should return
   * soon.
   */
  public void onBegin(Runnable listener) {
    synchronized (this) {
      if (!draining) {
        listeners.add(drain -> listener.run());
        return;
      }
    }
    listener.run();
  }
}
