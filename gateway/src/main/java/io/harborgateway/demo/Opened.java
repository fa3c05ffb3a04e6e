package io.harborgateway.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was opened, to be closed in the reverse order, by whoever comes first: the end of the
 * command or a signal, which may arrive while things are still being opened. Each opening is whole
 * before the closing begins, and nothing is opened after it.
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
   * Opens and remembers.
   *
   * @throws IllegalStateException when all was closed already
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
   * Closes everything, the newest first; the second time does nothing. Blocks until the first call
   * is done.
   *
   * @throws IllegalStateException when something failed to close; the rest is closed all the same
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
