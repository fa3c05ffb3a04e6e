package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.yaml.Mark;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, and what is ignored in it. Of one thread. */
final class Report {
  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * @param file its name, as messages are to have it
   */
  Report(String file) {
    this.file = file;
  }

  /** The value cannot be used. {@code found} must hold no secret. */
  void problem(Mark at, String path, String found, String expected) {
    problems.add(new Problem(file, at.line(), at.column(), path, found, expected));
  }

  /** The file itself cannot be used. */
  void fileProblem(String found, String expected) {
    problems.add(new Problem(file, 0, 0, "", found, expected));
  }

  /** It works, or is ignored, but should be known. */
  void warn(Mark at, String path, String found, String expected) {
    warnings.add(new Problem(file, at.line(), at.column(), path, found, expected));
  }

  List<Problem> problems() {
    return problems;
  }

  List<Problem> warnings() {
    return warnings;
  }

  /** For telling whether there are more problems than before. */
  int count() {
    return problems.size();
  }
}
