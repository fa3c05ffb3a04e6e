package io.harborgateway.cli;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles signals that would otherwise kill the JVM at once, without withdrawing routes and with
 * everything in flight. SIGHUP reopens the logs and reloads; signals that have a meaning for other
 * servers are ignored with a log line.
 *
 * <p>Not handled: SIGQUIT and SIGUSR2 (used by the JVM; what it prints for them is discarded, so
 * that it never blocks on its output), SIGPIPE and SIGXFSZ (the JVM ignores them), signals that
 * indicate a fault of the program itself, and real-time signals, which the JDK has no names for.
 */
final class HarmlessSignals {
  private static final Logger LOG = LoggerFactory.getLogger(HarmlessSignals.class);
  private static final List<String> IGNORED =
      List.of("USR1", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XCPU");

  private HarmlessSignals() {}

  /**
   * Installs the handlers.
   *
   * @param hangUp action of SIGHUP; must not block
   */
  static void handle(Runnable hangUp) {
    boolean handled =
        Signals.handle(
            "HUP",
            name -> {
              LOG.info("SIGHUP: the logs are opened again, and the configuration is read again");
              hangUp.run();
            });
    if (!handled) {
      LOG.info("SIGHUP is ignored, as whoever started this process wanted it (nohup does)");
    }
    for (String ignored : IGNORED) {
      Signals.handle(ignored, name -> LOG.warn("SIG{}: ignored", name));
    }
  }
}
