package io.harborgateway.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stack of opened resources, closed in reverse order at the end of the command or by a signal,
 * whichever comes first; the signal may arrive while resources are still being opened. An opening
 * in progress completes before closing begins, and nothing is opened afterwards.
 */
public final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private boolean closed;

  /** Opens a resource. */
  @FunctionalInterface
  public interface Opening<T, E extends Exception> {
    /** Returns the open resource. */
    T open() throws E;
  }

  /**
   * Opens a resource and remembers it.
   *
   * @throws IllegalStateException if already closed
   */
  public synchronized <T extends AutoCloseable, E extends Exception> T open(Opening<T, E> opening)
      throws E {
    if (closed) {
      throw new IllegalStateException("closed (expected: open)");
    }
    T resource = opening.open();
    resources.push(resource);
    return resource;
  }

  /**
   * Closes everything, newest first. A second call does nothing but wait until the first is done.
   *
   * @throws IllegalStateException if something failed to close; the rest is closed nevertheless
   */
  @Override
  public synchronized void close() {
    closed = true;
    var failure = new IllegalStateException("not all could be closed");
    while (!resources.isEmpty()) {
      AutoCloseable resource = resources.pop();
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
