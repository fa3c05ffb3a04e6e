package io.harborgateway.benchmarks.report;

import java.util.Locale;

/**
 * What the gateway is to reach.
 *
 * @param kind what the limit is a limit of
 * @param limit at most this
 * @param peer the name of the peer, for {@link Kind#RATIO_TO}
 */
public record Target(Kind kind, double limit, String peer) {
  /** What is limited. */
  public enum Kind {
    RATIO_TO_BEST,
    RATIO_TO,
    VALUE
  }

  public static Target ratioToBest(double limit) {
    return new Target(Kind.RATIO_TO_BEST, limit, "");
  }

  public static Target ratioTo(String peer, double limit) {
    return new Target(Kind.RATIO_TO, limit, peer);
  }

  public static Target value(double limit) {
    return new Target(Kind.VALUE, limit, "");
  }

  @Override
  public String toString() {
    String number =
        String.format(
            Locale.ROOT, kind == Kind.VALUE && limit % 1 == 0 ? "≤ %.0f" : "≤ %.2f", limit);
    return kind == Kind.RATIO_TO ? number + " of " + peer : number;
  }
}
