package io.harborgateway.announce.routeregistrar;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment variables that health scripts get: those that programs commonly use, and those
 * that the configuration names. The gateway's own environment may hold secrets ({@code env:} in the
 * configuration), which a script does not need and might print.
 */
public final class ScriptEnvironment {
  private static final Set<String> PASSED_ON =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR");

  /** Prefix of the locale's categories. */
  private static final String LOCALE = "LC_";

  private final Map<String, String> variables = new TreeMap<>();

  private ScriptEnvironment(Map<String, String> own, Collection<String> named) {
    own.forEach((name, value) -> {
      if (PASSED_ON.contains(name) || name.startsWith(LOCALE) || named.contains(name)) {
        variables.put(name, value);
      }
    });
  }

  /**
   * Selects what is passed on from the gateway's own environment.
   *
   * @param own the gateway's environment, as in {@link System#getenv()}
   * @param named further variables; those not set are left out
   */
  public static ScriptEnvironment of(Map<String, String> own, Collection<String> named) {
    return new ScriptEnvironment(own, named);
  }

  /** Sets it as the environment of the process being built. */
  void applyTo(ProcessBuilder process) {
    process.environment().clear();
    process.environment().putAll(variables);
  }
}
