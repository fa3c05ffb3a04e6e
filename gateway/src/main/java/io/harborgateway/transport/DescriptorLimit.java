package io.harborgateway.transport;

/** The limit of open file descriptors, of the process or of the system. */
public final class DescriptorLimit {
  private DescriptorLimit() {}

  /** Tells whether an operation failed because of this limit; errno is known by its text only. */
  public static boolean caused(Throwable failure) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (String.valueOf(next.getMessage()).contains("Too many open files")) {
        return true;
      }
    }
    return false;
  }
}
