package io.harborgateway.cli;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals that would end a JVM at once, without a withdrawal and with all that is in flight. SIGHUP
 * opens the logs again and reloads; those that other servers take for something are ignored with a
 * line.
 *
 * <p>Not here: SIGQUIT and SIGUSR2 (the JVM's own; what it prints for them is discarded, so that it
 * waits for no reader of its output), SIGPIPE and SIGXFSZ (the JVM ignores them), those that tell
 * of a fault of the program itself, and real-time signals, which the JDK has no names for.
 */
final class HarmlessSignals {
  private static final Logger LOG = LoggerFactory.getLogger(HarmlessSignals.class);
  private static final List<String> IGNORED =
      List.of("USR1", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XCPU");

  private HarmlessSignals() {}

  /**
   * Installs the handlers.
   *
   * @param hangUp what SIGHUP does; must not block
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
