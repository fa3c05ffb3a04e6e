package io.harborgateway.control;

import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.supervise.NodeState;
import java.time.Duration;
import java.util.function.Supplier;

/** The running gateway as a service manager is told of it. */
record NodeVitals(Readiness readiness, Watchdog watchdog, DataPlane plane, Supplier<Duration> limit)
    implements NodeState {
  @Override
  public boolean isAnswering() {
    return watchdog.isAnswering();
  }

  @Override
  public long connections() {
    return plane.limits().open();
  }

  @Override
  public Duration drainLimit() {
    return limit.get();
  }
}
