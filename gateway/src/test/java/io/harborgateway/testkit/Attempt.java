package io.harborgateway.testkit;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a {@link Gorouter} to have a request served.
 *
 * @param address of the endpoint, {@code host:port}
 * @param took until the end of the response, or the failure
 * @param reused whether it was on a connection that had been idle
 * @param headWritten whether the request may have reached the backend
 * @param failure null when the response is whole
 * @param detail of the failure, else empty
 */
public record Attempt(
    String address,
    Instant began,
    Duration took,
    boolean reused,
    boolean headWritten,
    @Nullable BackendFailure failure,
    String detail) {

  static Attempt of(
      RouterEndpoint endpoint,
      Instant began,
      RequestTrace trace,
      @Nullable BackendException failure) {
    return new Attempt(
        endpoint.address(),
        began,
        Duration.between(began, Instant.now()),
        trace.isReused(),
        trace.isHeadWritten(),
        failure == null ? null : failure.failure(),
        failure == null ? "" : String.valueOf(failure.getMessage()));
  }

  /** Whether it failed when the backend may have had the request already. */
  public boolean failedInFlight() {
    return failure != null && headWritten;
  }

  @Override
  public String toString() {
    String connection = (reused ? " reused" : "") + (headWritten ? " sent" : "");
    return "%s at %s +%d ms%s %s"
        .formatted(
            address,
            began,
            took.toMillis(),
            connection,
            failure == null ? "ok" : failure + " (" + detail + ")");
  }
}
