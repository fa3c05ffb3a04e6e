package io.harborgateway.announce.routeregistrar;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment variables that health scripts get: those that programs of every kind look at, and
 * those that the configuration names. The gateway's own may hold secrets ({@code env:} of the
 * configuration), which a script has no need of and may print.
 */
public final class ScriptEnvironment {
  private static final Set<String> PASSED_ON =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR");

  /** The parts of the locale. */
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
   * What is passed on of the gateway's own environment.
   *
   * @param own as {@link System#getenv()}
   * @param named further variables; one that is not there is left out
   */
  public static ScriptEnvironment of(Map<String, String> own, Collection<String> named) {
    return new ScriptEnvironment(own, named);
  }

  /** Makes it the environment of the process that is built. */
  void applyTo(ProcessBuilder process) {
    process.environment().clear();
    process.environment().putAll(variables);
  }
}
