package io.harborgateway.announce.routingapi;

import io.harborgateway.pace.KnownProblems;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each distinct problem once until things work again: the routing API may be away for days,
 * which must not fill the log. Confined to one thread, or guarded by the owner's lock.
 */
final class ProblemLog {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingApiAnnouncer.class);

  private final @Nullable String route;
  private final KnownProblems logged = new KnownProblems();

  /**
   * @param route the route with the problems; null: problems of the API as a whole
   */
  ProblemLog(@Nullable String route) {
    this.route = route;
  }

  void problem(String text) {
    if (!logged.isNew(text)) {
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

  /** Records a success; returns whether a problem had been logged before. */
  boolean worked() {
    return logged.worked();
  }
}
