package io.harborgateway.demo;

import java.io.IOException;

/**
 * The result of one check.
 *
 * @param seen what was observed, which may differ from what was expected
 * @param note on the observation, such as a speed; usually empty
 */
public record CheckRow(String check, String expected, String seen, String note) {
  /** What a check observed. */
  record Seen(String text, String note) {
    static Seen of(String text) {
      return new Seen(text, "");
    }
  }

  /** Makes an observation. */
  @FunctionalInterface
  interface Probe {
    Seen look() throws IOException;
  }

  /** Makes a check; an exception counts as what was seen. */
  static CheckRow of(String check, String expected, Probe probe) {
    try {
      Seen seen = probe.look();
      return new CheckRow(check, expected, seen.text(), seen.note());
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new CheckRow(check, expected, reason, "");
    }
  }

  /** Whether the observation matches the expectation. */
  public boolean holds() {
    return seen.equals(expected);
  }
}
