package io.harborgateway.announce.nats;

/** Counts registration events. Called by any thread; must not block. */
public interface RegistrationMeters {
  /** One message was handed to NATS. */
  void published(String subject);

  /** One message could not be handed to NATS although it was connected. */
  void publishFailed();

  /** NATS is connected, or no longer. */
  void connected(boolean connected);
}
