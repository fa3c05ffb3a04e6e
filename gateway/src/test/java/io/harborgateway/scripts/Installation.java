package io.harborgateway.scripts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The gateway of this build as docs/operations.md has it installed. */
record Installation(Path folder) {
  private static final Path TARGET = Path.of("target");

  static Installation in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("bin/lib"));
    Path libraries = Files.createDirectories(folder.resolve("lib"));
    for (String script : List.of("harbor-gateway", "lib/jdk.sh", "lib/aot.sh")) {
      Files.copy(Path.of("../bin").resolve(script), folder.resolve("bin").resolve(script));
    }
    Files.copy(TARGET.resolve("harbor-gateway.jar"), libraries.resolve("harbor-gateway.jar"));
    copy(TARGET.resolve("signed"), libraries);
    copy(TARGET.resolve("native"), Files.createDirectories(libraries.resolve("native")));
    return new Installation(folder);
  }

  String launcher() {
    return folder.resolve("bin/harbor-gateway").toString();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
