package io.harborgateway.packages;

import java.util.Arrays;

/**
 * A line of packaging/vulnerabilities.txt.
 *
 * @param module group and artifact
 * @param repaired the first version without the fault
 * @param reason its number and what it is
 */
record ForbiddenVersion(String module, String repaired, String reason) {
  static ForbiddenVersion parse(String line) {
    String[] parts = line.split(" ", 3);
    if (parts.length != 3 || !parts[0].matches("[^:]+:[^:]+") || !parts[1].matches("\\d[\\d.]*")) {
      throw new IllegalArgumentException(
          "line: " + line + " (expected: group:artifact version reason)");
    }
    return new ForbiddenVersion(parts[0], parts[1], parts[2]);
  }

  /** Returns whether this version of the module is older; numbers count, what follows does not. */
  boolean forbids(String otherModule, String version) {
    return module.equals(otherModule) && Arrays.compare(numbers(version), numbers(repaired)) < 0;
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("[.-]"))
        .takeWhile(part -> part.matches("\\d{1,9}"))
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
