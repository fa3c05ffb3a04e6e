package io.harborgateway.app;

import io.harborgateway.config.AnnouncedRoute;
import io.harborgateway.config.Protocol;
import io.harborgateway.config.Registration;
import io.harborgateway.metrics.Meters;
import io.harborgateway.registration.Announcer;
import io.harborgateway.registration.AnnouncerStatus;
import io.harborgateway.registration.Endpoint;
import io.harborgateway.registration.Origin;
import io.harborgateway.registration.RegisterMessage;
import io.harborgateway.registration.RegisteredRoute;
import io.harborgateway.registration.RegistrationMeters;
import io.harborgateway.route.Instance;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The announcing of each instance on each registered listener; nothing where none is configured.
 */
final class Announcing implements AutoCloseable {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private final @Nullable Announcer announcer;
  private final Set<String> registered = new HashSet<>();

  /**
   * @throws IOException when this node's address can't be found
   */
  Announcing(Plan plan, Map<String, Port> ports, Meters meters) throws IOException {
    Registration registration = plan.config().registration();
    if (registration == null) {
      announcer = null;
      return;
    }
    var node = plan.config().node();
    Origin origin = Origin.starting(NodeAddress.of(node), node.availabilityZone());
    List<RegisteredRoute> routes = new ArrayList<>();
    for (AnnouncedRoute route : registration.routes()) {
      Port port = ports.get(route.listener());
      if (port == null) {
        throw new IllegalStateException(route.listener() + ": the loader has checked it");
      }
      registered.add(port.name());
      for (Instance instance : plan.routes().instances()) {
        var message =
            new RegisterMessage(instance.names(), endpoint(port, instance), origin, route);
        routes.add(new RegisteredRoute(id(port, instance), message));
      }
    }
    announcer = new Announcer(registration, origin, routes, countedBy(meters));
  }

  private static Endpoint endpoint(Port port, Instance instance) {
    int number = port.section().port();
    return port.section().protocol() == Protocol.HTTPS
        ? Endpoint.tls(number, instance.baseName())
        : Endpoint.plain(number);
  }

  private static String id(Port port, Instance instance) {
    return port.name() + "/" + instance.guid().value();
  }

  private static RegistrationMeters countedBy(Meters meters) {
    return new RegistrationMeters() {
      @Override
      public void published(String subject) {
        meters.published(subject);
      }

      @Override
      public void publishFailed() {
        meters.publishFailed();
      }

      @Override
      public void connected(boolean connected) {
        meters.natsConnected(connected);
      }
    };
  }

  void start() {
    if (announcer != null) {
      announcer.start();
    }
  }

  /** Announces the instance's route on this port, or withdraws it; nothing if it has none. */
  void announce(Port port, Instance instance, boolean announced) {
    if (announcer == null || !hasRoutes(port)) {
      return;
    }
    if (announced) {
      announcer.announce(id(port, instance));
    } else {
      announcer.withdraw(id(port, instance));
    }
  }

  /** Whether instances are announced on this port at all. */
  boolean hasRoutes(Port port) {
    return registered.contains(port.name());
  }

  /** Withdraws everything; waits for NATS a little. */
  void withdrawAll() {
    if (announcer != null) {
      announcer.withdrawAll(FLUSH_TIMEOUT);
    }
  }

  /** Returns how it stands, or null where nothing is announced. */
  @Nullable AnnouncerStatus status() {
    return announcer == null ? null : announcer.snapshot();
  }

  @Override
  public void close() {
    if (announcer != null) {
      announcer.close();
    }
  }
}
