package io.harborgateway.benchmarks.report;

/** Whether a target is reached. */
public enum Reached {
  YES("yes"),
  NO("**no**"),
  /** The rounds differ too much to tell. */
  OPEN("can't tell");

  private final String text;

  Reached(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
