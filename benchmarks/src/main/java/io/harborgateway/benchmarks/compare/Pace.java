package io.harborgateway.benchmarks.compare;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param rounds of each contender, interleaved
 * @param warmUp of the gateway before the first round, with the work of the row
 * @param peerWarmUp of a peer
 * @param ramp of each slice, not counted
 * @param steady of each slice, counted
 * @param isQuick whether the times are too short for figures that hold
 */
record Pace(
    int rounds,
    Duration warmUp,
    Duration peerWarmUp,
    Duration ramp,
    Duration steady,
    boolean isQuick) {
  static Pace full(int rounds) {
    return new Pace(
        rounds,
        Duration.ofSeconds(20),
        Duration.ofSeconds(2),
        Duration.ofMillis(700),
        Duration.ofSeconds(6),
        false);
  }

  static Pace quick(int rounds) {
    return new Pace(
        rounds,
        Duration.ofSeconds(8),
        Duration.ofMillis(500),
        Duration.ofMillis(400),
        Duration.ofSeconds(2),
        true);
  }
}
