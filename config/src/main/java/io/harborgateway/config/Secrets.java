package io.harborgateway.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fetches secrets from where the configuration says they are. Messages never hold them. */
final class Secrets {
  private final Map<String, String> environment;
  private final Problems problems;

  Secrets(Map<String, String> environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The secret; null if there is a problem, which is then reported. */
  @Nullable Secret fetch(Section reference) {
    if (reference.isBroken("file") || reference.isBroken("env")) {
      return null;
    }
    Path file = reference.value("file", Path.class);
    String variable = reference.value("env", String.class);
    if ((file == null) == (variable == null)) {
      String found = file == null ? "neither file nor env" : "both file and env";
      problems.add(reference.path(), found, "exactly one of file and env");
      return null;
    }
    return file != null
        ? fromFile(reference.path("file"), file)
        : fromEnvironment(reference.path("env"), String.valueOf(variable));
  }

  private @Nullable Secret fromFile(String path, Path file) {
    try {
      String text = InputFiles.read(file).replaceFirst("[\r\n]+$", "");
      return notEmpty(path, "an empty file: " + file, text);
    } catch (IOException e) {
      problems.add(path, InputFiles.reason(e) + ": " + file, "a readable file");
      return null;
    }
  }

  private @Nullable Secret fromEnvironment(String path, String variable) {
    String text = environment.get(variable);
    if (text == null) {
      problems.add(path, Found.quote(variable) + " is not set", "a variable of the environment");
      return null;
    }
    return notEmpty(path, Found.quote(variable) + " is empty", text);
  }

  private @Nullable Secret notEmpty(String path, String found, String text) {
    if (text.isEmpty()) {
      problems.add(path, found, "a secret");
      return null;
    }
    return Secret.of(text);
  }
}
