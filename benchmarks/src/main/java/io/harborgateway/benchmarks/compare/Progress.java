package io.harborgateway.benchmarks.compare;

import java.io.PrintStream;
import java.time.Duration;

/** One line on what is being done, and how long the rest may take. */
final class Progress {
  private final PrintStream out;
  private final int rows;
  private Duration left;
  private int row;
  private String id = "";

  /**
   * Makes the line of a run.
   *
   * @param left the estimate of all rows
   */
  Progress(PrintStream out, int rows, Duration left) {
    this.out = out;
    this.rows = rows;
    this.left = left;
  }

  void begin(String id) {
    row++;
    this.id = id;
  }

  void end(Duration estimate) {
    left = left.minus(estimate);
  }

  void step(String what) {
    out.printf(
        "[%d/%d] %s: %s (about %d min left with this row)%n",
        row, rows, id, what, (left.toSeconds() + 30) / 60);
  }
}
