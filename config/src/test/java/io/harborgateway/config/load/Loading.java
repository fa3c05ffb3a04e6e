package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads texts as {@code gateway.yml} of a folder that holds the files of {@link #BASE}. */
final class Loading {
  /** A small configuration without problems; tests change one place of it. */
  static final String BASE =
      """
      instances:
        - guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
          domain: example.com
          certificate: {chain: chain.pem, key: key.pem}
      listeners:
        - name: web
          port: 8443
          protocol: https
          upstream: {address: "127.0.0.1:443"}
      """;

  private final Path folder;

  Loading(Path folder) {
    this.folder = folder;
    for (String file : List.of("chain.pem", "key.pem", "ca.pem")) {
      file(file, "not read in these tests");
    }
  }

  Loading file(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LoadedConfig load(String yaml) {
    try {
      return ConfigLoader.load(write(yaml), Map.of("SET", "from the environment", "EMPTY", ""));
    } catch (ConfigException e) {
      throw new AssertionError("refused:\n" + e.getMessage(), e);
    }
  }

  GatewayConfig config(String yaml) {
    return load(yaml).config();
  }

  /** Asserts that exactly these problems are reported; the folder is cut from their file names. */
  void assertRefused(String yaml, String... problems) {
    assertThat(problems(write(yaml))).containsExactly(problems);
  }

  /** The problems of a file; none if it loads. */
  List<String> problems(Path file) {
    try {
      ConfigLoader.load(file, Map.of("SET", "from the environment", "EMPTY", ""));
      return List.of();
    } catch (ConfigException e) {
      return shown(e.problems());
    }
  }

  List<String> shown(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  /** {@link #BASE} with one place changed. */
  static String base(String from, String to) {
    return with(BASE, from, to);
  }

  static String with(String yaml, String from, String to) {
    assertThat(yaml).as("the place to change").containsOnlyOnce(from);
    return yaml.replace(from, to);
  }

  /** The text as {@code gateway.yml}. */
  Path write(String yaml) {
    file("gateway.yml", yaml);
    return folder.resolve("gateway.yml");
  }
}
