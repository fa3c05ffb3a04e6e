package io.harborgateway.metrics;

import java.util.concurrent.atomic.LongAdder;

/** The meters of requests on one listener for one instance. Thread-safe. */
public final class RequestMeters {
  private final LongAdder[] byClass = new LongAdder[6];
  private final RequestDurations.Histogram durations;

  RequestMeters(MeterGroup group, String listener, String instance) {
    for (int i = 0; i < byClass.length; i++) {
      byClass[i] =
          group.counter(
              "requests",
              "listener",
              listener,
              "instance",
              instance,
              "status",
              i == 0 ? "none" : i + "xx");
    }
    this.durations = group.durations(listener, instance);
  }

  /**
   * Counts one request.
   *
   * @param status as sent; 0 if the client got none
   * @param nanos duration from the first byte of the request's head to the last of its response
   */
  public void completed(int status, long nanos) {
    byClass[status / 100 < byClass.length ? status / 100 : 0].increment();
    durations.record(nanos);
  }
}
