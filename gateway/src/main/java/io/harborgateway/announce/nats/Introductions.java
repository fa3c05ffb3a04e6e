package io.harborgateway.announce.nats;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Registers this node's routes for other nodes when they begin to announce the same names: a node
 * that has just started would otherwise not hear of this one before its next interval. Confined to
 * the control thread.
 */
final class Introductions {
  private final Collection<TrackedRoute> routes;
  private final Consumer<TrackedRoute> introduction;
  private final PacedTask task;
  private final Set<String> names = new HashSet<>();

  /**
   * @param routes supplies all current routes
   * @param introduction registers one route
   * @param pause least time between two introductions
   */
  Introductions(
      AnnouncerThread control,
      Collection<TrackedRoute> routes,
      Consumer<TrackedRoute> introduction,
      Duration pause) {
    this.routes = routes;
    this.introduction = introduction;
    this.task = new PacedTask(this::introduce, pause, control, System::nanoTime);
  }

  /**
   * Handles another endpoint that has begun to announce names.
   *
   * @param newcomers the names, in lower case
   */
  void request(Set<String> newcomers) {
    names.addAll(newcomers);
    task.request(Duration.ZERO);
  }

  private void introduce() {
    routes.stream()
        .filter(route -> route.names().stream().anyMatch(this::isWanted))
        .forEach(introduction);
    names.clear();
  }

  private boolean isWanted(String name) {
    return names.contains(name.toLowerCase(Locale.ROOT));
  }
}
