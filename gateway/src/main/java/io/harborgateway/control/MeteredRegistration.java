package io.harborgateway.control;

import io.harborgateway.announce.nats.RegistrationMeters;
import io.harborgateway.metrics.Meters;

/** Counts registration messages on NATS. Thread-safe. */
public record MeteredRegistration(Meters meters) implements RegistrationMeters {
  @Override
  public void published(String subject) {
    meters.published(subject);
  }

  @Override
  public void publishFailed() {
    meters.publishFailed();
  }

  @Override
  public void connected(boolean connected) {
    meters.natsConnected(connected);
  }
}
