package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.report.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One thing that is compared. */
interface Row {
  /** The name by which it is asked for. */
  String id();

  /**
   * About how long it takes.
   *
   * @param gateways builds of the gateway that are measured
   */
  Duration estimate(Pace pace, int gateways);

  /**
   * Measures it.
   *
   * @throws IOException when a contender does not start, or answers anything but what is expected
   */
  List<Figure> run(Bench bench) throws IOException, InterruptedException;
}
