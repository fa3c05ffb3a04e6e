package io.harborgateway.admin;

import org.jspecify.annotations.Nullable;

/** Reloads the configuration, or says what a reload would change. */
public interface ReloadAction {
  /** What became of it; as JSON. */
  interface Answer {
    /** Whether nothing was done, because of what the answer says. */
    boolean isRefused();
  }

  /**
   * Does it, and returns when it is done; may take some seconds.
   *
   * @param dryRun whether nothing is to change
   * @param file one that is not in place yet, for a dry run; null: the gateway's own
   * @throws ActionRefusedException when it can't be done now
   */
  Answer perform(boolean dryRun, @Nullable String file);
}
