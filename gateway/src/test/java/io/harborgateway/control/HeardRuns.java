package io.harborgateway.control;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Gorouter;
import io.harborgateway.testkit.RouterMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a router has heard, with messages that say the same one after the other as one run; without
 * the unregister message before the first register message, which a new process begins with.
 */
final class HeardRuns {
  static final String REGISTER = "router.register";
  static final String UNREGISTER = "router.unregister";
  private static final Duration SOON = Duration.ofSeconds(30);

  private HeardRuns() {}

  /** Equal messages, one after the other. */
  record Run(String subject, JsonNode message, int count) {}

  static List<Run> of(Gorouter router) {
    var runs = new ArrayList<Run>();
    for (RouterMessage message : router.messages()) {
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last == null && message.unregisters()) {
        continue;
      }
      if (last != null
          && last.subject().equals(message.subject())
          && last.message().equals(message.json())) {
        runs.set(runs.size() - 1, new Run(last.subject(), last.message(), last.count() + 1));
      } else {
        runs.add(new Run(message.subject(), message.json(), 1));
      }
    }
    return runs;
  }

  /** Waits until the run of this number from 1 is there, and has so many messages at least. */
  static void await(Gorouter router, int number, String subject, int count) {
    try {
      Await.until(
          "%d of %s as run %d".formatted(count, subject, number),
          SOON,
          () -> {
            List<Run> runs = of(router);
            return runs.size() >= number
                && runs.get(number - 1).subject().equals(subject)
                && runs.get(number - 1).count() >= count;
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; heard were " + of(router), e);
    }
  }
}
