package io.harborgateway.transport;

/**
 * A connection, or a pair of relayed ones, that may have bytes waiting in memory. Known to the
 * {@link MemoryRelief} of its event loop while it is open; called only on that loop.
 */
public interface MemoryHolder {
  /** Approximate number of bytes it holds. */
  long heldBytes();

  /** Number of bytes received or sent since it began, to tell whether it has stalled. */
  long movedBytes();

  /** Closes it at once, because memory is needed and this holds much of it. */
  void endForMemory();
}
