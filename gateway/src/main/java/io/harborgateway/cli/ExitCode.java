package io.harborgateway.cli;

/** Exit codes of the program, named as in sysexits.h. */
public final class ExitCode {
  static final int OK = 0;

  /** A check of the demo failed. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong (EX_USAGE). */
  public static final int USAGE = 64;

  /** An upstream can't be used (EX_UNAVAILABLE). */
  static final int UNAVAILABLE = 69;

  /**
   * A port can't be bound, this node's address can't be determined, or the access log file can't be
   * opened (EX_OSERR).
   */
  static final int SYSTEM = 71;

  /** The running gateway is of a version that does not know what it is asked for (EX_PROTOCOL). */
  static final int PROTOCOL = 76;

  private ExitCode() {}
}
