package io.harborgateway.config.load;

/**
 * One difference between two configurations.
 *
 * @param path of the key, with elements of lists by their names: {@code listeners[https].port}
 * @param before as text, without secrets; empty if it was not there
 * @param after as text, without secrets; empty if it is not there any more
 * @param needsRestart whether it takes effect at the next start only
 */
public record ConfigChange(
    Kind kind, String path, String before, String after, boolean needsRestart) {
  /** What became of the key. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /** The difference on one line, for logs and terminals. */
  @Override
  public String toString() {
    return switch (kind) {
      case ADDED -> "added: " + path + (after.isEmpty() ? "" : ": " + after);
      case REMOVED -> "removed: " + path + (before.isEmpty() ? "" : ": " + before);
      case CHANGED -> "changed: " + path + ": " + before + " -> " + after;
    };
  }
}
