package io.harborgateway.supervise;

import io.harborgateway.lifecycle.Readiness;
import java.time.Duration;

/** What a service manager is told about. Thread-safe; no method waits. */
public interface NodeState {
  Readiness readiness();

  /** Whether every thread that must not block has given a sign of life lately. */
  boolean isAnswering();

  /** Returns the number of client connections. */
  long connections();

  /** Returns the longest time that a drain takes. */
  Duration drainLimit();
}
