package io.harborgateway.testkit;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * A message that a {@link Gorouter} has heard.
 *
 * @param subject {@code router.register} or {@code router.unregister}
 * @param id of the router when it heard it, which changes at its restart
 */
public record RouterMessage(String subject, String id, Instant arrived, JsonNode json) {
  /** Whether it announces. */
  public boolean registers() {
    return subject.equals("router.register");
  }

  /** Whether it withdraws. */
  public boolean unregisters() {
    return subject.equals("router.unregister");
  }
}
