package io.harborgateway.config.binding;

import java.util.ArrayList;
import java.util.List;

/** Collects problems, so that all are reported at once. */
public final class Problems {
  private final ConfigSource source;
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  public Problems(ConfigSource source) {
    this.source = source;
  }

  /** Reports that the value at {@code path} cannot be used. */
  public void add(String path, String found, String expected) {
    errors.add(source.problem(path, found, expected));
  }

  public void add(Problem problem) {
    errors.add(problem);
  }

  /** Reports that the key itself cannot be used. */
  void addKey(String path, String found, String expected) {
    errors.add(source.keyProblem(path, found, expected));
  }

  /** Warns about the value at {@code path}, which works. */
  public void warn(String path, String found, String expected) {
    warnings.add(source.problem(path, found, expected));
  }

  public List<Problem> warnings() {
    return warnings;
  }

  /** Throws all problems, if there are any. */
  public void throwIfAny() throws ConfigException {
    if (!errors.isEmpty()) {
      throw asException();
    }
  }

  /** Returns the problems as an exception; there must be at least one. */
  public ConfigException asException() {
    return new ConfigException(errors);
  }
}
