package io.harborgateway.control;

import io.harborgateway.announce.AnnouncementPlan;
import io.harborgateway.announce.RegistrarAnnouncements;
import io.harborgateway.announce.WantedRoutes;
import io.harborgateway.announce.nats.Announcer;
import io.harborgateway.announce.routingapi.RoutingApiAnnouncer;
import io.harborgateway.config.ListenerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current announcers and their routes. Immutable, but its announcers are not.
 *
 * @param listeners all listeners of the configuration
 * @param tcp null without a routing API
 * @param registrar null without route_registrar's files
 */
record Announcers(
    AnnouncementPlan plan,
    List<ListenerConfig> listeners,
    WantedRoutes routes,
    Announcer announcer,
    @Nullable RoutingApiAnnouncer tcp,
    @Nullable RegistrarAnnouncements registrar) {

  /** Withdraws every route, and closes; routers learn of it later. */
  void retire(String reason) {
    if (registrar != null) {
      registrar.retire(reason);
    }
    if (tcp != null) {
      tcp.retire(reason);
    }
    announcer.retire(reason);
  }

  /** Closes without withdrawing anything. */
  void close() {
    if (registrar != null) {
      registrar.close();
    }
    if (tcp != null) {
      tcp.close();
    }
    announcer.close();
  }
}
