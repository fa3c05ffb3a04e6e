package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.yaml.Mark;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, and what is ignored in it. Confined to one thread. */
final class Report {
  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * @param file its name in messages
   */
  Report(String file) {
    this.file = file;
  }

  /** Reports that the value cannot be used. {@code found} must not contain a secret. */
  void problem(Mark at, String path, String found, String expected) {
    problems.add(new Problem(file, at.line(), at.column(), path, found, expected));
  }

  /** Reports that the file itself cannot be used. */
  void fileProblem(String found, String expected) {
    problems.add(new Problem(file, 0, 0, "", found, expected));
  }

  /** Warns about a value that works or is ignored. */
  void warn(Mark at, String path, String found, String expected) {
    warnings.add(new Problem(file, at.line(), at.column(), path, found, expected));
  }

  List<Problem> problems() {
    return problems;
  }

  List<Problem> warnings() {
    return warnings;
  }

  /** Returns the number of problems, to tell whether more have been added. */
  int count() {
    return problems.size();
  }
}
