package io.harborgateway.control;

import io.harborgateway.announce.state.Presence;

/**
 * When a route stays announced although its upstream is down: routers delete a route with its last
 * endpoint, and answer 404 then, which docker takes for an image that does not exist. So the last
 * node says 503 itself.
 *
 * @param answers whether the route's upstream is up
 * @param everAnswered whether it was since the process started: what was never proven is not
 *     announced
 * @param isHeldOtherwise whether anything else holds the route back, such as a drain
 */
record LastNodeRule(boolean answers, boolean everAnswered, boolean isHeldOtherwise) {
  /**
   * Decides. Who does not know of the others stays: if there are some, routers repeat elsewhere
   * what is refused here, until one of them is heard; if there are none, nobody else would answer.
   */
  boolean keeps(Presence others) {
    return !answers && everAnswered && !isHeldOtherwise && others != Presence.ANOTHER;
  }
}
