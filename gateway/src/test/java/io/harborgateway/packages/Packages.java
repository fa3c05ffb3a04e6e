package io.harborgateway.packages;

import io.harborgateway.Project;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The packages of this build: made by bin/package when a test asks for one. */
final class Packages {
  private static final Path ROOT = Project.root();
  private static final Path OUTPUT = ROOT.resolve("target/packages");

  private Packages() {}

  /** Returns the tree that all packages are made from. */
  static Path stage() {
    tar();
    return OUTPUT.resolve("stage");
  }

  static Path tar() {
    return made("tar", ".tar.gz");
  }

  static Path deb() {
    return made("deb", ".deb");
  }

  /** Returns the archive of the image; in a short run without its AOT cache. */
  static Path image() {
    return made("oci", ".oci.tar");
  }

  /** Makes a package, unless there is one of this build; test classes run in several processes. */
  private static Path made(String kind, String ending) {
    try {
      Files.createDirectories(OUTPUT);
      try (var channel =
              FileChannel.open(
                  OUTPUT.resolve("tests.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        Path marker = OUTPUT.resolve(kind + LongForm.or(".short", ".long"));
        if (!Files.exists(marker) || isOlder(marker)) {
          make(kind);
          Files.writeString(marker, "");
        }
      }
      try (Stream<Path> files = Files.list(OUTPUT)) {
        return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void make(String kind) {
    Command.run(
            List.of(
                "env",
                "HARBOR_GATEWAY_AOT=" + LongForm.or("off", "on"),
                ROOT.resolve("bin/package").toString(),
                kind),
            new byte[0],
            Duration.ofMinutes(4))
        .succeeded();
  }

  private static boolean isOlder(Path marker) throws IOException {
    FileTime made = Files.getLastModifiedTime(marker);
    try (Stream<Path> sources =
        Stream.of(
                "gateway/target/harbor-gateway.jar", "bin", "packaging", "docs", "config/examples")
            .map(ROOT::resolve)
            .flatMap(Packages::files)) {
      return sources.anyMatch(source -> time(source).compareTo(made) > 0);
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
