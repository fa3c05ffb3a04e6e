package io.harborgateway.packages;

import io.harborgateway.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** The commands of docs/install.md and docs/docker.md, which the tests run as they stand there. */
final class InstallDocument {
  private static final Pattern COMMANDS = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private InstallDocument() {}

  /**
   * Returns a block of commands.
   *
   * @param document the file's name in docs
   * @param heading of the section
   * @param index of the block in it, from 0
   */
  static String commands(String document, String heading, int index) throws IOException {
    String text = Files.readString(Project.root().resolve("docs").resolve(document));
    int begin = text.indexOf("\n## " + heading + "\n");
    if (begin < 0) {
      throw new IllegalArgumentException("heading: " + heading + " (expected: one of " + document);
    }
    int end = text.indexOf("\n## ", begin + 1);
    String section = end < 0 ? text.substring(begin) : text.substring(begin, end);
    List<String> blocks = COMMANDS.matcher(section).results().map(block -> block.group(1)).toList();
    return blocks.get(index);
  }
}
