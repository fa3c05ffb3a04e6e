package io.harborgateway.control;

import io.harborgateway.announce.state.Presence;

/**
 * Decides whether a route stays announced although its upstream is down: routers delete a route
 * with its last endpoint and then answer 404, which docker takes to mean that the image does not
 * exist. So the last node answers 503 itself.
 *
 * @param answers whether the route's upstream is up
 * @param everAnswered whether it has ever been up since the process started: what was never proven
 *     is not announced
 * @param isHeldOtherwise whether anything else holds the route back, such as a drain
 */
record LastNodeRule(boolean answers, boolean everAnswered, boolean isHeldOtherwise) {
  /**
   * Returns whether the route stays announced. It also stays if nothing is known about other nodes:
   * if there are some, routers repeat refused requests elsewhere until one of them is heard; if
   * there are none, nobody else would answer.
   */
  boolean keeps(Presence others) {
    return !answers && everAnswered && !isHeldOtherwise && others != Presence.ANOTHER;
  }
}
