package io.harborgateway.announce.routingapi;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each different problem once until things work again: the routing API may be away for days,
 * and the log must not fill with it. Confined to one thread, or guarded by the owner's lock.
 */
final class ProblemLog {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingApiAnnouncer.class);

  /** So that errors that differ each time (a port, a counter) cannot fill the log either. */
  private static final int MAX_PROBLEMS_LOGGED = 10;

  private final @Nullable String route;
  private final Set<String> logged = new HashSet<>();

  /**
   * @param route whose problems these are; null: those of the API as a whole
   */
  ProblemLog(@Nullable String route) {
    this.route = route;
  }

  void problem(String text) {
    if (logged.size() >= MAX_PROBLEMS_LOGGED || !logged.add(text)) {
      LOG.debug("routing API problem again: {}", text);
    } else if (route == null) {
      LOG.atWarn()
          .addKeyValue("error", text)
          .log("routing API problem; traffic and other routes go on, trying again");
    } else {
      LOG.atWarn()
          .addKeyValue("route", route)
          .addKeyValue("error", text)
          .log("the routing API refuses a TCP route; trying again");
    }
  }

  /** Things work: returns whether a problem had been logged before. */
  boolean worked() {
    boolean had = !logged.isEmpty();
    logged.clear();
    return had;
  }
}
