package io.harborgateway.config.binding;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Holds all that is wrong with it, in the order of the file. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Of one problem at least. */
  public ConfigException(List<Problem> problems) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
  }

  /** All of them, sorted by place. */
  public List<Problem> problems() {
    return problems;
  }
}
