package io.harborgateway.admin;

import java.nio.file.Path;
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
   * @param config the file that the caller takes for the gateway's own; null: not said
   * @throws ActionRefusedException if it can't be done now
   * @throws BadRequestException if it is not to be done with these files
   */
  Answer perform(boolean dryRun, @Nullable Path file, @Nullable Path config);
}
