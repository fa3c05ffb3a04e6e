package io.harborgateway.app;

import io.harborgateway.registration.Announcer;
import io.harborgateway.routingapi.RoutingApiAnnouncer;

/**
 * Where a route is announced: on NATS, by the routing API, or nowhere. Routes are added at the
 * announcers themselves. Safe for use by any thread; nothing waits.
 */
interface RouteChannel {
  /** Of routes that can't be announced. */
  RouteChannel NOWHERE =
      new RouteChannel() {
        @Override
        public void announce(String id) {
          // there is nobody to tell
        }

        @Override
        public void withdraw(String id, String reason) {
          // nobody was told
        }

        @Override
        public void remove(String id, String reason) {
          // nobody was told
        }
      };

  void announce(String id);

  /**
   * The route is not to be known for now.
   *
   * @param reason for people
   */
  void withdraw(String id, String reason);

  /**
   * Withdraws the route and forgets it once it is.
   *
   * @param reason for people
   */
  void remove(String id, String reason);

  static RouteChannel of(Announcer announcer) {
    return new RouteChannel() {
      @Override
      public void announce(String id) {
        announcer.announce(id);
      }

      @Override
      public void withdraw(String id, String reason) {
        announcer.withdraw(id, reason);
      }

      @Override
      public void remove(String id, String reason) {
        announcer.remove(id, reason);
      }
    };
  }

  static RouteChannel of(RoutingApiAnnouncer announcer) {
    return new RouteChannel() {
      @Override
      public void announce(String id) {
        announcer.announce(id);
      }

      @Override
      public void withdraw(String id, String reason) {
        announcer.withdraw(id);
      }

      @Override
      public void remove(String id, String reason) {
        announcer.remove(id);
      }
    };
  }
}
