package io.harborgateway.certs;

/** What writing does with an existing file. */
public enum OverwriteMode {
  /** Writes nothing; the problem names the file. */
  REFUSE,
  /** Replaces the file atomically: a reader sees the old or the new one, never a part. */
  REPLACE
}
