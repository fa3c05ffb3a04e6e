package io.harborgateway.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * The process's standard error, used only for what keeps the process from starting, including the
 * JVM's own messages. A running gateway writes nothing there.
 */
public final class StandardError {
  private StandardError() {}

  /**
   * Discards everything written there from now on. The JVM would wait for a stuck reader: in a
   * safepoint, with all threads, for the thread dump of a SIGQUIT; before exiting, for an
   * OutOfMemoryError; forever, for a SIGUSR2.
   *
   * @throws IOException if there is no {@code /dev/null}; then it stays open
   */
  public static void discard() throws IOException {
    // The JDK does not close descriptors 0 to 2 but redirects them to /dev/null.
    new FileOutputStream(FileDescriptor.err).close();
  }
}
