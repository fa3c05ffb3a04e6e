package io.harborgateway.transport;

/** The limit on open file descriptors, of the process or the system. */
public final class DescriptorLimit {
  private DescriptorLimit() {}

  /** Returns whether an operation failed because of this limit; errno is only available as text. */
  public static boolean caused(Throwable failure) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (String.valueOf(next.getMessage()).contains("Too many open files")) {
        return true;
      }
    }
    return false;
  }
}
