package io.harborgateway.certs;

/** What writing does with a file that is already there. */
public enum OverwriteMode {
  /** Nothing is written, and the problem names the file. */
  REFUSE,
  /** The file is replaced in one step: a reader sees the old or the new one, never a part. */
  REPLACE
}
