package io.harborgateway.config.binding;

import io.harborgateway.config.values.InputFiles;
import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.values.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fetches secrets from where the configuration says they are. Messages never contain them. */
public final class Secrets {
  private final Map<String, String> environment;
  private final Problems problems;

  public Secrets(Map<String, String> environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The secret; null if there is a problem, which has then been reported. */
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

  /**
   * Reads the file once to check that it can be read; its value is read again each time it is
   * needed.
   */
  private @Nullable Secret fromFile(String path, Path file) {
    try {
      if (!Secret.content(file).isEmpty()) {
        return Secret.in(file);
      }
      problems.add(path, "an empty file: " + file, "a secret");
    } catch (IOException e) {
      problems.add(path, InputFiles.reason(e) + ": " + file, "a readable file");
    }
    return null;
  }

  private @Nullable Secret fromEnvironment(String path, String variable) {
    String text = environment.get(variable);
    if (text == null) {
      problems.add(path, QuotedText.of(variable) + " is not set", "a variable of the environment");
      return null;
    }
    if (text.isEmpty()) {
      problems.add(path, QuotedText.of(variable) + " is empty", "a secret");
      return null;
    }
    return Secret.of(text);
  }
}
