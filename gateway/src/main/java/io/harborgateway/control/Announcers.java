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
 * What is announced, by whom. Immutable; what it holds changes.
 *
 * @param listeners all that the configuration has
 * @param tcp null: there is no routing API
 * @param registrar null: there is no such file
 */
record Announcers(
    AnnouncementPlan plan,
    List<ListenerConfig> listeners,
    WantedRoutes routes,
    Announcer announcer,
    @Nullable RoutingApiAnnouncer tcp,
    @Nullable RegistrarAnnouncements registrar) {

  /** Withdraws every route, and ends; routers hear of it later. */
  void retire(String reason) {
    if (registrar != null) {
      registrar.retire(reason);
    }
    if (tcp != null) {
      tcp.retire(reason);
    }
    announcer.retire(reason);
  }

  /** Ends, and withdraws nothing. */
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
