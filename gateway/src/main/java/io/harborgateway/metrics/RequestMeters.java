package io.harborgateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The meters of the requests of one listener to one instance. Safe for use by any thread. */
public final class RequestMeters {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofSeconds(120),
    Duration.ofSeconds(900)
  };

  private final Counter[] byClass = new Counter[6];
  private final Timer duration;

  RequestMeters(MeterRegistry registry, String prefix, String listener, String instance) {
    for (int i = 0; i < byClass.length; i++) {
      byClass[i] =
          Counter.builder(prefix + "requests")
              .tags("listener", listener, "instance", instance)
              .tag("status", i == 0 ? "none" : i + "xx")
              .register(registry);
    }
    duration =
        Timer.builder(prefix + "request.duration")
            .tags("listener", listener, "instance", instance)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
  }

  /**
   * Counts one request.
   *
   * @param status as sent; 0 when the client got none
   * @param nanos from the first byte of the request's head to the last of its response
   */
  public void completed(int status, long nanos) {
    byClass[status / 100 < byClass.length ? status / 100 : 0].increment();
    duration.record(nanos, TimeUnit.NANOSECONDS);
  }
}
