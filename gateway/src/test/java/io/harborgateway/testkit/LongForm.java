package io.harborgateway.testkit;

/** Whether tests that have a long form are to take it: {@code bin/test --long}. */
public final class LongForm {
  private static final boolean WANTED = Boolean.getBoolean("harbor-gateway.test.long");

  private LongForm() {}

  /** Returns {@code whenWanted} in a long run, otherwise {@code usual}. */
  public static <T> T or(T usual, T whenWanted) {
    return WANTED ? whenWanted : usual;
  }
}
