package io.harborgateway.announce.routeregistrar;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route as route_registrar's files have it, without faults and with defaults filled in. Two that
 * say the same are equal, whichever file they are from.
 */
public sealed interface RegistrarRoute permits HttpRoute, TcpRoute {
  /** What people call it; may be empty for a {@link TcpRoute}. */
  String name();

  /** Where the routers connect to: a host name or an IP address. */
  String host();

  /** How often route_registrar announces it, and runs its script; positive. */
  Duration registrationInterval();

  /** Its health script; null: it is always announced. */
  @Nullable ScriptCheck check();

  /** How logs and status name it. */
  String label();
}
