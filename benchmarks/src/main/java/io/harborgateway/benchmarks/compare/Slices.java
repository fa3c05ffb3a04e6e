package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How slices are run: when a program is warm, and what is done when the machine is not ours.
 *
 * @param disturbed gets the contenders of the slices that others disturbed to the end
 */
record Slices(Agent agent, Pace pace, List<String> disturbed) {
  /** Others' work on the same two cores, beyond which a slice is run again. */
  private static final double MOST_FOREIGN_CORES = 0.1;

  private static final int MOST_REPEATS = 2;

  /** The share by which two pieces of a warm-up may differ at its end. */
  private static final double STEADY = 0.05;

  private static final Duration PIECE = Duration.ofSeconds(3);
  private static final Duration WARM_UP_RAMP = Duration.ofMillis(500);

  /**
   * Runs the slice, again if others disturbed it: the least disturbed one counts.
   *
   * @throws IOException when anything but the expected answers came
   */
  SliceResult measure(String contender, Slice slice) throws IOException {
    SliceResult best = agent.run(contender, slice);
    for (int i = 0; i < MOST_REPEATS && best.foreignCores() > MOST_FOREIGN_CORES; i++) {
      SliceResult again = agent.run(contender, slice);
      best = again.foreignCores() < best.foreignCores() ? again : best;
    }
    if (best.foreignCores() > MOST_FOREIGN_CORES) {
      disturbed.add(contender);
    }
    return best;
  }

  /** Says how much others disturbed it; nothing if they did not. */
  static String disturbance(SliceResult result) {
    return result.foreignCores() > MOST_FOREIGN_CORES
        ? String.format(Locale.ROOT, ", DISTURBED: others use %.2f cores", result.foreignCores())
        : "";
  }

  /**
   * Warms a proxy up with the load. A gateway's code gets faster as it is compiled: it is warm when
   * the time is over and the throughput no longer grows, or twice the time is over.
   */
  void warmUp(Proxy proxy, Slice load) throws IOException {
    // A cold gateway may not keep up with a rate.
    Slice slice = load.kind() == Slice.Kind.RATE ? load.kind(Slice.Kind.EXCHANGES) : load;
    if (proxy.contender().isPeer()) {
      agent.run(proxy.name(), slice.lasting(pace.peerWarmUp(), Duration.ofMillis(200)));
      return;
    }
    Slice piece = slice.lasting(WARM_UP_RAMP, PIECE);
    double before = 0;
    Duration spent = Duration.ZERO;
    while (spent.compareTo(pace.warmUp().multipliedBy(2)) < 0) {
      SliceResult result = agent.run(proxy.name(), piece);
      double rate = (result.units() + result.bytes()) / result.seconds();
      spent = spent.plus(PIECE).plus(WARM_UP_RAMP);
      if (spent.compareTo(pace.warmUp()) >= 0 && rate < before * (1 + STEADY)) {
        return;
      }
      before = rate;
    }
  }
}
