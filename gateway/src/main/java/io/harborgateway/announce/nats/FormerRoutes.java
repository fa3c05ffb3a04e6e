package io.harborgateway.announce.nats;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What another process has announced of this node, for the one that speaks for it from now on.
 *
 * @param announced what routers know
 * @param process the id that both processes have for routers
 * @param mayCome the ids of routes that are not withdrawn even though there are none yet
 */
public record FormerRoutes(
    List<InheritedRoute> announced, UUID process, Predicate<String> mayCome) {

  /** Withdraws the names that no route has any more; returns whether there are any. */
  boolean part(Announcer announcer) {
    Set<String> names = names(announcer);
    boolean parts = false;
    for (InheritedRoute each : announced) {
      RegistryMessage message = each.message(process);
      announcer.introduce(message);
      RegistryMessage gone = message.withNames(name -> !names.contains(lower(name)));
      if (gone != null && !isToCome(each, announcer)) {
        announcer.unregister(each.id(), gone);
        parts = true;
      }
    }
    return parts;
  }

  /** Takes over the others, or withdraws them; returns whether there are any of these. */
  boolean inherit(Announcer announcer) {
    Set<String> names = names(announcer);
    boolean parts = false;
    for (InheritedRoute each : announced) {
      TrackedRoute own = announcer.routes().get(each.id());
      if (own != null) {
        own.inherit("not ready in the process that has taken over");
        parts |= own.isWithdrawing();
      }
      RegistryMessage message =
          each.message(process).withNames(name -> names.contains(lower(name)));
      RegistryMessage moved =
          message == null || own == null ? message : message.without(own.message());
      if (moved != null && !isToCome(each, announcer)) {
        announcer.unregister(each.id(), moved);
        parts = true;
      }
    }
    return parts;
  }

  private boolean isToCome(InheritedRoute route, Announcer announcer) {
    return mayCome.test(route.id()) && !announcer.routes().containsKey(route.id());
  }

  private static Set<String> names(Announcer announcer) {
    return announcer.routes().values().stream()
        .filter(route -> !route.isLeaving())
        .flatMap(route -> route.names().stream())
        .map(FormerRoutes::lower)
        .collect(Collectors.toSet());
  }

  /** As gorouter compares names. */
  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
