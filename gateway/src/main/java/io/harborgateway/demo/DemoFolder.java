package io.harborgateway.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** A new temporary folder, readable by its owner only; closing deletes it with its content. */
record DemoFolder(Path path) implements AutoCloseable {
  static DemoFolder create() throws IOException {
    return new DemoFolder(Files.createTempDirectory("harbor-gateway-demo-"));
  }

  Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    List<Path> contents;
    try (var files = Files.walk(path)) {
      contents = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : contents) {
      Files.delete(file);
    }
  }
}
