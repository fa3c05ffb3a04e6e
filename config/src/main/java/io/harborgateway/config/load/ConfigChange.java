package io.harborgateway.config.load;

/**
 * One difference between two configurations.
 *
 * @param path path of the key, with list elements by name: {@code listeners[https].port}
 * @param before value before as text, without secrets; empty if absent
 * @param after value after as text, without secrets; empty if absent
 * @param needsRestart whether it takes effect only at the next start
 */
public record ConfigChange(
    Kind kind, String path, String before, String after, boolean needsRestart) {
  /** What happened to the key. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /** The change on one line, for logs and terminals. */
  @Override
  public String toString() {
    return switch (kind) {
      case ADDED -> "added: " + path + (after.isEmpty() ? "" : ": " + after);
      case REMOVED -> "removed: " + path + (before.isEmpty() ? "" : ": " + before);
      case CHANGED -> "changed: " + path + ": " + before + " -> " + after;
    };
  }
}
