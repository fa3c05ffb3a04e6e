package io.harborgateway.announce.routeregistrar;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A valid route from route_registrar's files, with defaults filled in. Two with the same content
 * are equal, whichever files they are from.
 */
public sealed interface RegistrarRoute permits HttpRoute, TcpRoute {
  /** Its human-readable name; may be empty for a {@link TcpRoute}. */
  String name();

  /** Where the routers connect to: a host name or an IP address. */
  String host();

  /** How often route_registrar announces it, and runs its script; positive. */
  Duration registrationInterval();

  /** Its health script; null: it is always announced. */
  @Nullable ScriptCheck check();

  /** Its name in logs and status. */
  String label();
}
