package io.harborgateway.config.binding;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the known name closest to a mistyped one. */
public final class Suggestion {
  private Suggestion() {}

  /** Returns a name whose distance is at most a third of the typed one's length. */
  public static Optional<String> of(String typed, Collection<String> known) {
    String plain = typed.toLowerCase(Locale.ROOT).replace('_', '-');
    int allowed = Math.max(1, plain.length() / 3);
    return known.stream()
        .filter(name -> distance(plain, name) <= allowed)
        .min(Comparator.comparingInt(name -> distance(plain, name)));
  }

  /**
   * The number of insertions, deletions, substitutions and swaps of neighbours that turn one into
   * the other (optimal string alignment).
   */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(d[i - 1][j - 1] + same, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        d[i][j] = swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
      }
    }
    return d[a.length()][b.length()];
  }
}
