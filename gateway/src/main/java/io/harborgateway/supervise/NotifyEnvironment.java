package io.harborgateway.supervise;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a service manager has told this process by its environment.
 *
 * @param socket name of the socket; null: there is no service manager
 * @param watchdog time without a sign of life after which it ends this process; null: none
 */
record NotifyEnvironment(@Nullable String socket, @Nullable Duration watchdog) {
  /**
   * Reads {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID} as
   * sd_watchdog_enabled(3) does: the watchdog is off where the last one names another process.
   *
   * @throws IllegalArgumentException if {@code WATCHDOG_USEC} is no time
   */
  static NotifyEnvironment of(Map<String, String> environment, long process) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    boolean isOurs = pid.isEmpty() || pid.equals(Long.toString(process));
    String usec = isOurs ? environment.getOrDefault("WATCHDOG_USEC", "") : "";
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    return new NotifyEnvironment(
        socket.isEmpty() ? null : socket, usec.isEmpty() ? null : micros(usec));
  }

  private static Duration micros(String text) {
    try {
      long micros = Long.parseLong(text);
      if (micros > 0) {
        return Duration.ofNanos(Math.multiplyExact(micros, 1_000));
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "WATCHDOG_USEC: \"" + text + "\" (expected: a number of microseconds)");
  }
}
