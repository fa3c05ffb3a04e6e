package io.harborgateway.admin;

import org.jspecify.annotations.Nullable;

/** Reloads the configuration, or reports what a reload would change. */
public interface ReloadAction {
  /** The outcome; written as JSON. */
  interface Answer {
    /** Whether nothing was done, for the reason in the answer. */
    boolean isRefused();
  }

  /**
   * Performs the reload and returns when it is done; may take some seconds.
   *
   * @param dryRun true to change nothing
   * @param file for a dry run, a file that is not in place yet; null: the gateway's own
   * @throws ActionRefusedException if it can't be done now
   */
  Answer perform(boolean dryRun, @Nullable String file);
}
