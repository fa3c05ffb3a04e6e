package io.harborgateway.testkit;

import io.harborgateway.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The options that the launcher gives each JVM, as they stand in it. */
public final class ShippedOptions {
  private ShippedOptions() {}

  /** Returns the options, one blank between them, as the launcher's variable has them. */
  public static String text() {
    Path launcher = Project.root().resolve("bin/harbor-gateway");
    var options = new StringBuilder();
    try {
      for (String line : Files.readAllLines(launcher)) {
        if (line.startsWith("jvm_options=")) {
          String value = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
          options.append(value.replace("$jvm_options", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return options.toString();
  }

  /** Returns the options, as they are given to a process. */
  public static List<String> list() {
    return List.of(text().split(" ", -1));
  }
}
