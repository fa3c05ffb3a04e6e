package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in docs/failures.md is the one in the code. */
class FailuresDocTest {
  private static final String BEGIN = "<!-- generated from Failure.java: begin -->\n";
  private static final String END = "<!-- generated from Failure.java: end -->\n";
  private static final String HEADING =
      "| code | the client sees | its connection | because | sent upstream | gorouter |\n"
          + "|---|---|---|---|---|---|\n";
  private static final String REGENERATE =
      "mvn -pl gateway -am test -Dtest=FailuresDocTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Ddocs.regenerate=true";

  @Test
  void tableIsThatOfTheCode() throws IOException {
    Path file = Project.root().resolve("docs/failures.md");
    String found = Files.readString(file);
    String expected = withTable(found);
    if (Boolean.getBoolean("docs.regenerate")) {
      Files.writeString(file, expected);
      return;
    }

    assertThat(found)
        .as("docs/failures.md differs from Failure.java; to write it anew: " + REGENERATE)
        .isEqualTo(expected);
  }

  private static String withTable(String document) {
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    assertThat(begin).as("place of the line " + BEGIN).isNotNegative();
    assertThat(end).as("place of the line " + END).isGreaterThan(begin);
    String rows =
        Stream.of(Failure.values()).map(FailuresDocTest::row).collect(Collectors.joining());
    return document.substring(0, begin + BEGIN.length()) + HEADING + rows + document.substring(end);
  }

  private static String row(Failure failure) {
    return "| `%s` | %s | %s | %s | %s | %s |\n"
        .formatted(
            failure.code(),
            seen(failure),
            connection(failure),
            failure.reason(),
            failure.mayHaveReachedUpstream() ? "perhaps" : "nothing",
            router(failure));
  }

  private static String seen(Failure failure) {
    return switch (failure) {
      case CLIENT_GONE -> "nothing; 499 in the log";
      case UPSTREAM_TRUNCATED -> "the upstream's status, then a reset";
      default -> Integer.toString(failure.status());
    };
  }

  private static String connection(Failure failure) {
    return switch (failure.after()) {
      case KEEP -> "kept";
      case CLOSE -> "closed";
      case ABORT -> "reset";
    };
  }

  /** What gorouter does: it takes any status for the answer. */
  private static String router(Failure failure) {
    if (failure.isBetterLeftToRouter(false)) {
      return "asks another node if the request is safe, else passes it on";
    }
    if (failure.isBetterLeftToRouter(true)) {
      return "the same, if it is the first of its connection";
    }
    return switch (failure) {
      case CLIENT_GONE -> "is gone";
      case UPSTREAM_TRUNCATED -> "cuts its client off";
      default -> "passes it on";
    };
  }
}
