package io.harborgateway.config.binding;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that all of it is reported at once. */
public final class Problems {
  private final ConfigSource source;
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  public Problems(ConfigSource source) {
    this.source = source;
  }

  /** The value at {@code path} cannot be used. */
  public void add(String path, String found, String expected) {
    errors.add(source.problem(path, found, expected));
  }

  public void add(Problem problem) {
    errors.add(problem);
  }

  /** The key itself cannot be used. */
  void addKey(String path, String found, String expected) {
    errors.add(source.keyProblem(path, found, expected));
  }

  /** The value at {@code path} works, but should be known. */
  public void warn(String path, String found, String expected) {
    warnings.add(source.problem(path, found, expected));
  }

  public List<Problem> warnings() {
    return warnings;
  }

  /** Ends the loading with all problems, if there are any. */
  public void throwIfAny() throws ConfigException {
    if (!errors.isEmpty()) {
      throw asException();
    }
  }

  /** For when there is one problem at least. */
  public ConfigException asException() {
    return new ConfigException(errors);
  }
}
