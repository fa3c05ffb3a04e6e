package io.harborgateway.demo;

import java.io.IOException;

/**
 * One check that was made.
 *
 * @param seen what was seen: what was expected, or else
 * @param note on what was seen, such as a speed; mostly empty
 */
public record CheckRow(String check, String expected, String seen, String note) {
  /** What a check saw. */
  record Seen(String text, String note) {
    static Seen of(String text) {
      return new Seen(text, "");
    }
  }

  /** Looks. */
  @FunctionalInterface
  interface Probe {
    Seen look() throws IOException;
  }

  /** Makes a check; a failure to look is what was seen, too. */
  static CheckRow of(String check, String expected, Probe probe) {
    try {
      Seen seen = probe.look();
      return new CheckRow(check, expected, seen.text(), seen.note());
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new CheckRow(check, expected, reason, "");
    }
  }

  /** Whether what was seen is what was expected. */
  public boolean holds() {
    return seen.equals(expected);
  }
}
