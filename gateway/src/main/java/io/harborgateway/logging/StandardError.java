package io.harborgateway.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * The process's standard error: for what keeps it from starting, also for what the JVM has to say
 * of that. Nothing of a gateway that runs is written there.
 */
public final class StandardError {
  private StandardError() {}

  /**
   * Has all that is written there from now on discarded. The JVM would wait for a stuck reader: in
   * a safepoint, with all threads, for the thread dump of a SIGQUIT; before its end, for an
   * OutOfMemoryError; for ever, for a SIGUSR2.
   *
   * @throws IOException if there is no {@code /dev/null}; it stays open then
   */
  public static void discard() throws IOException {
    // The JDK does not close descriptors 0 to 2, it has them lead to /dev/null.
    new FileOutputStream(FileDescriptor.err).close();
  }
}
