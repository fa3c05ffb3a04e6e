package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Globs by Go's rules, which the templates of route_registrar's jobs are written for. */
class PathGlobTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    for (String file :
        List.of(
            "a/config.yml",
            "b/config.yml",
            "b/other.txt",
            ".hidden/config.yml",
            "c/d/config.yml",
            "{x,y}.yml",
            "x.yml",
            "star*.yml")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "");
    }
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("dangling.yml"), folder.resolve("none"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/config.yml | .hidden/config.yml a/config.yml b/config.yml link/config.yml",
        "[ab]/config.yml | a/config.yml b/config.yml",
        "[^a-z.]/config.yml | ''",
        "[^a.]/config.yml | b/config.yml",
        "[b-a]/config.yml | ''",
        "?/config.yml | a/config.yml b/config.yml",
        "a/config.yml | a/config.yml",
        "a//config.yml | a/config.yml",
        "b/../a/config.yml | b/../a/config.yml",
        "*/d/*.yml | c/d/config.yml",
        "b/* | b/config.yml b/other.txt",
        "{x,y}.yml | {x,y}.yml",
        "star\\*.yml | star*.yml",
        "[x].yml | x.yml",
        "a/config.yml/* | ''",
        "none/* | ''",
        "dangling.y?l | ''",
        "dangling.yml | ''",
      })
  void findsWhatGoFinds(String pattern, String expected) {
    List<String> found =
        PathGlob.of(folder + "/" + pattern).paths().stream()
            .map(path -> path.toString().substring(folder.toString().length() + 1))
            .toList();
    assertThat(String.join(" ", found)).isEqualTo(expected);
  }

  @Test
  void relativePatternsAreOfTheWorkingDirectory() {
    assertThat(PathGlob.of("pom.x*").paths()).containsExactly(Path.of("pom.xml"));
  }

  @Test
  void anEmptyPatternMatchesNothing() {
    assertThat(PathGlob.of("").paths()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/[", "[a", "[]", "[]a]", "[^]", "[-a]", "[a-]", "a\\", "[\\"})
  void refusesWhatGoRefuses(String pattern) {
    assertThatThrownBy(() -> PathGlob.of(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a pattern");
  }
}
