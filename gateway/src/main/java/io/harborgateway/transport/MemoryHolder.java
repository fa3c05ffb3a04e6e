package io.harborgateway.transport;

/**
 * A connection, or two whose bytes go to each other, that may have bytes waiting in memory. Known
 * to the {@link MemoryRelief} of its event loop while it is open; called on that only.
 */
public interface MemoryHolder {
  /** Number of bytes, about, that it holds. */
  long heldBytes();

  /** Number of bytes that have come or gone since it began: to tell whether it stands still. */
  long movedBytes();

  /** Ends at once, because memory is needed and this holds much of it. */
  void endForMemory();
}
