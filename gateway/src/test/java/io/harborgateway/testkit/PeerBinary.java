package io.harborgateway.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of the operating system that tests run against. */
public final class PeerBinary {
  private PeerBinary() {}

  /**
   * Finds a program on PATH, or where Debian puts servers.
   *
   * @param name the program
   * @param debianPackage the package that has it
   * @throws AssertionError when it is missing: a test that needs it fails, and is never skipped
   */
  public static Path require(String name, String debianPackage) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(name + " is missing: apt-get install " + debianPackage));
  }
}
