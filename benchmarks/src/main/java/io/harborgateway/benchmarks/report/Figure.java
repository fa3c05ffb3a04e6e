package io.harborgateway.benchmarks.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the result: one quantity of all contenders, lower being better.
 *
 * @param id of the row, with what tells it from other figures of the same
 * @param title for people
 * @param unit of the values
 * @param samples of each contender by name, in the order of the table; the gateway's own is named
 *     {@link #GATEWAY}
 * @param peers the names of those that are peers
 * @param targets of the gateway
 * @param throughput units of work each second, by contender; empty where there is no such thing
 */
public record Figure(
    String id,
    String title,
    String unit,
    Map<String, Samples> samples,
    List<String> peers,
    List<Target> targets,
    Map<String, Samples> throughput) {
  public static final String GATEWAY = "harbor-gateway";

  /** What became of a target. */
  public record Verdict(Target target, Reached reached) {}

  /** Returns the name of the peer with the smallest median. */
  public Optional<String> bestPeer() {
    return peers.stream()
        .filter(samples::containsKey)
        .min(Comparator.comparingDouble(peer -> of(peer).median()));
  }

  /** Returns how the gateway compares with the best peer. */
  public Optional<Ratio> ratio() {
    return bestPeer().map(best -> Ratio.of(of(GATEWAY), of(best)));
  }

  public List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (Target target : targets) {
      switch (target.kind()) {
        case VALUE -> verdicts.add(new Verdict(target, value(target.limit())));
        case RATIO_TO_BEST -> ratio().ifPresent(ratio -> verdicts.add(verdict(target, ratio)));
        case RATIO_TO -> {
          if (samples.containsKey(target.peer())) {
            verdicts.add(verdict(target, Ratio.of(of(GATEWAY), of(target.peer()))));
          }
        }
      }
    }
    return verdicts;
  }

  private static Verdict verdict(Target target, Ratio ratio) {
    return new Verdict(target, ratio.atMost(target.limit()));
  }

  private Reached value(double limit) {
    Samples own = of(GATEWAY);
    return own.max() <= limit ? Reached.YES : own.min() > limit ? Reached.NO : Reached.OPEN;
  }

  private Samples of(String contender) {
    Samples found = samples.get(contender);
    if (found == null) {
      throw new IllegalArgumentException(
          id + ": \"" + contender + "\" (expected: one of " + samples.keySet() + ")");
    }
    return found;
  }
}
