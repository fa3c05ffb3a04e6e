package io.harborgateway.control;

import io.harborgateway.announce.state.Verdict;
import io.harborgateway.route.Instance;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which routes to a listener are announced, from its port, its upstreams, the certificates
 * in force, and the other nodes. Keeps no state except what is kept for route_registrar's files.
 * Confined to the control thread.
 */
final class RouteDecisions {
  private final Live live;
  private final Announcements announcements;
  private final BooleanSupplier draining;
  private final Set<ListenerService> keptForFiles = new HashSet<>();

  /**
   * @param draining whether every route is held back
   */
  RouteDecisions(Live live, Announcements announcements, BooleanSupplier draining) {
    this.live = live;
    this.announcements = announcements;
    this.draining = draining;
  }

  private List<Instance> instances() {
    return live.snapshot().routes().instances();
  }

  /** Decides for each instance whether this node, as the last one, keeps it announced. */
  void keepOrNot(ListenerService service) {
    if (!service.servesInstances()) {
      return;
    }
    CheckedUpstream fallback = service.upstreams().fallback();
    boolean files =
        new LastNodeRule(fallback.isUp(), fallback.wasEverUp(), draining.getAsBoolean())
            .keeps(announcements.others(service.section()));
    if (files) {
      keptForFiles.add(service);
    } else {
      keptForFiles.remove(service);
    }
    int count = instances().size();
    for (int i = 0; i < count; i++) {
      keepOrNot(service, i);
    }
    service.upstreams().keepOnly(instances());
    dampOrNot(service);
  }

  /**
   * Enables damping only where another node serves in the meantime: otherwise holding a flapping
   * upstream back is no use.
   */
  private static void dampOrNot(ListenerService service) {
    Set<CheckedUpstream> kept = service.upstreams().kept();
    for (CheckedUpstream upstream : service.upstreams().members().all()) {
      upstream.check().damp(!kept.contains(upstream));
    }
  }

  private void keepOrNot(ListenerService service, int index) {
    if (!service.servesInstances()) {
      return;
    }
    Instance instance = instances().get(index);
    UpstreamSet upstreams = service.upstreams();
    CheckedUpstream upstream = upstreams.of(instance);
    if (upstream.isUp()) {
      upstreams.keep(instance, false);
      return;
    }
    boolean isHeldOtherwise = draining.getAsBoolean() || certificateProblem(service, index) != null;
    boolean kept =
        new LastNodeRule(false, upstream.wasEverUp(), isHeldOtherwise)
            .keeps(announcements.others(service.section(), instance));
    boolean byFiles = keptForFiles.contains(service) && upstream.equals(upstreams.fallback());
    upstreams.keep(instance, kept || byFiles);
  }

  /** Announces or withdraws the routes that lead to the listener. */
  void announce(ListenerService service) {
    Verdict verdict = verdict(service);
    if (keptForFiles.contains(service) && service.isBound()) {
      announcements.keep(service.section(), verdict);
    } else {
      announcements.update(service.section(), verdict);
    }
    if (announcements.hasRoutes(service.section())) {
      int count = instances().size();
      for (int i = 0; i < count; i++) {
        announce(service, i);
      }
    }
  }

  /**
   * @param index the instance's index in the route table
   */
  private void announce(ListenerService service, int index) {
    Instance instance = instances().get(index);
    Verdict verdict = verdict(service, instance, index);
    if (verdict instanceof Verdict.Held(String reason)
        && service.upstreams().keeps(instance)
        && service.isBound()) {
      announcements.keep(service.section(), instance, "last node: " + reason);
    } else {
      announcements.update(service.section(), instance, verdict);
    }
  }

  /** Returns whether the port as a whole may be announced. */
  private Verdict verdict(ListenerService service) {
    return draining.getAsBoolean()
        ? Verdict.held("draining")
        : verdict(service, service.upstreams().fallback());
  }

  private static Verdict verdict(ListenerService service, CheckedUpstream upstream) {
    if (!upstream.isUp()) {
      return Verdict.held("upstream " + upstream + ": " + upstream.check().reason());
    }
    return service.isBound()
        ? Verdict.open()
        : Verdict.held("listener " + service + ": " + service.unboundReason());
  }

  /** Returns whether the instance's route may be announced. */
  private Verdict verdict(ListenerService service, Instance instance, int index) {
    if (draining.getAsBoolean()) {
      return Verdict.held("draining");
    }
    Verdict upstream = verdict(service, service.upstreams().of(instance));
    String problem = upstream.isOpen() ? certificateProblem(service, index) : null;
    return problem == null ? upstream : Verdict.held("certificate: " + problem);
  }

  private @Nullable String certificateProblem(ListenerService service, int index) {
    return service.hasTls() ? live.get().certificates().problem(index) : null;
  }

  /**
   * Decides about the route of one instance whose certificate has changed.
   *
   * @param index the instance's index in the route table
   */
  void certificateChanged(ListenerService service, int index) {
    if (announcements.hasRoutes(service.section())) {
      keepOrNot(service, index);
      dampOrNot(service);
      announce(service, index);
    }
  }

  /** Forgets a listener about which nothing more is decided. */
  void forget(ListenerService service) {
    keptForFiles.remove(service);
  }
}
