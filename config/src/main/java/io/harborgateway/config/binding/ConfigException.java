package io.harborgateway.config.binding;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown if the configuration cannot be used. Holds all its problems, in the order of the file. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Creates the exception from at least one problem. */
  public ConfigException(List<Problem> problems) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
  }

  /** All problems, sorted by place. */
  public List<Problem> problems() {
    return problems;
  }
}
