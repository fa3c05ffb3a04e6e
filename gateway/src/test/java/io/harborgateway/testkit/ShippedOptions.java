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
  private ShippedOptions() {}

  /** Returns those of all commands, one blank between them, as the launcher's variable has them. */
  public static String text() {
    return variable("jvm_options", '"').replace("$jvm_options", "");
  }

  /** Returns those of {@code run}, as they are given to a process. */
  public static List<String> list() {
    List<String> options = new ArrayList<>(List.of(text().split(" ", -1)));
    options.addAll(List.of(variable("run_options", '"').split(" ", -1)));
    options.add("-XX:OnOutOfMemoryError=" + variable("run_out_of_memory", '\''));
    return options;
  }

  /** All that the launcher puts between quotes into the variable, line after line. */
  private static String variable(String name, char quote) {
    Path launcher = Project.root().resolve("bin/harbor-gateway");
    var value = new StringBuilder();
    try {
      for (String line : Files.readAllLines(launcher)) {
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
