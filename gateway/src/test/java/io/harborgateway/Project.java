package io.harborgateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The checkout that is being tested. */
public final class Project {
  private Project() {}

  /** Returns the folder of the parent project; tests run in that of their module. */
  public static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("docs"))
        ? here
        : Objects.requireNonNull(here.getParent(), "no folder above " + here);
  }

  /** Returns README.md and what stands in docs/. */
  public static List<Path> documents() {
    try (Stream<Path> docs = Files.list(root().resolve("docs"))) {
      return Stream.concat(Stream.of(root().resolve("README.md")), docs)
          .filter(file -> file.toString().endsWith(".md") && Files.exists(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
