package io.harborgateway.testkit;

import io.harborgateway.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options that the launcher gives each JVM, as they stand in it. */
public final class ShippedOptions {
  private static final String LAUNCHER = "bin/harbor-gateway";

  private ShippedOptions() {}

  /** Returns those of all commands, one blank between them, as the launcher's variable has them. */
  public static String text() {
    return variable(LAUNCHER, "jvm_options", '"')
        .replace("$jvm_options", "")
        .replace("$java_options", variable("bin/lib/jdk.sh", "java_options", '"'));
  }

  /** Returns those of {@code run}, as they are given to a process. */
  public static List<String> list() {
    List<String> options = new ArrayList<>(List.of(text().split(" ", -1)));
    String ofRun = variable(LAUNCHER, "run_options", '"').replace("$run_options", "");
    options.addAll(List.of(ofRun.split(" ", -1)));
    String atEnd = variable(LAUNCHER, "run_out_of_memory", '"').replace("$spare", "3");
    options.add("-XX:OnOutOfMemoryError=" + atEnd);
    return options;
  }

  /** All that the script puts between quotes into the variable, line after line. */
  private static String variable(String script, String name, char quote) {
    Path file = Project.root().resolve(script);
    var value = new StringBuilder();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name + "=" + quote)) {
          value.append(line, line.indexOf(quote) + 1, line.lastIndexOf(quote));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return value.toString();
  }
}
