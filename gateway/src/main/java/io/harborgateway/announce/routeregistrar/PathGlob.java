package io.harborgateway.announce.routeregistrar;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file name pattern with the rules of Go's {@code filepath.Glob}, which differ from {@link
 * java.nio.file.PathMatcher}'s: {@code *} and {@code ?} match within one name, including a leading
 * dot; {@code [a-z]} and {@code [^a-z]} are classes; a backslash escapes the next character; braces
 * are literal.
 */
final class PathGlob {
  static final String EXPECTED = "a pattern with *, ? and [a-z]";

  private static final Logger LOG = LoggerFactory.getLogger(PathGlob.class);

  /** One element of the path: a literal name, or a pattern it has to match. */
  private record Step(String name, Pattern pattern) {}

  private final Path root;
  private final List<Step> steps;

  private PathGlob(Path root, List<Step> steps) {
    this.root = root;
    this.steps = steps;
  }

  /**
   * Parses a pattern; a relative one is relative to the working directory.
   *
   * @throws IllegalArgumentException if a class is unclosed or empty, or nothing follows a
   *     backslash
   */
  static PathGlob of(String pattern) {
    List<Step> steps = new ArrayList<>();
    for (String name : pattern.split("/", -1)) {
      if (!name.isEmpty()) {
        steps.add(new Step(name, new Translation(name).pattern()));
      }
    }
    return new PathGlob(Path.of(pattern.startsWith("/") ? "/" : ""), List.copyOf(steps));
  }

  /**
   * Returns the existing paths that match, sorted by name; none for an empty pattern. A symbolic
   * link counts as its target.
   */
  List<Path> paths() {
    List<Path> found = steps.isEmpty() ? List.of() : List.of(root);
    for (Step step : steps) {
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        if (hasMeta(step.name())) {
          addMatches(folder, step.pattern(), next);
        } else {
          next.add(folder.resolve(step.name()));
        }
      }
      found = next;
    }
    return found.stream().filter(Files::exists).toList();
  }

  private static boolean hasMeta(String name) {
    return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
  }

  private static void addMatches(Path folder, Pattern pattern, List<Path> matches) {
    List<Path> here = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (pattern.matcher(String.valueOf(entry.getFileName())).matches()) {
          here.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Deleted in the meantime, or not readable; as in Go, nothing in it matches.
      LOG.debug("{} can't be listed", folder, e);
    }
    here.stream().sorted().forEach(matches::add);
  }

  /** Translates one element of a pattern into a regular expression. */
  private static final class Translation {
    private final int[] chars;
    private final StringBuilder regex = new StringBuilder();
    private int at;

    Translation(String name) {
      chars = name.codePoints().toArray();
    }

    Pattern pattern() {
      while (at < chars.length) {
        int c = chars[at++];
        switch (c) {
          case '*' -> regex.append(".*");
          case '?' -> regex.append('.');
          case '[' -> appendClass();
          case '\\' -> appendChar(next());
          default -> appendChar(c);
        }
      }
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private void appendClass() {
      boolean negated = peek() == '^';
      if (negated) {
        at++;
      }
      var ranges = new StringBuilder();
      do {
        int low = bound();
        int high = low;
        if (peek() == '-') {
          at++;
          high = bound();
        }
        if (low <= high) {
          ranges.append("\\x{%x}-\\x{%x}".formatted(low, high));
        }
      } while (peek() != ']');
      at++;
      if (ranges.isEmpty()) { // a reversed range is empty
        regex.append(negated ? "." : "(?!)");
      } else {
        regex.append(negated ? "[^" : "[").append(ranges).append(']');
      }
    }

    private int bound() {
      int c = next();
      if (c == '-' || c == ']') {
        throw new IllegalArgumentException("a class without an end (expected: " + EXPECTED + ")");
      }
      return c == '\\' ? next() : c;
    }

    private int next() {
      if (at == chars.length) {
        throw new IllegalArgumentException("an open end (expected: " + EXPECTED + ")");
      }
      return chars[at++];
    }

    /** Returns the next character of a class without consuming it. */
    private int peek() {
      if (at == chars.length) {
        throw new IllegalArgumentException("a class without an end (expected: " + EXPECTED + ")");
      }
      return chars[at];
    }

    private void appendChar(int c) {
      regex.append("\\x{%x}".formatted(c));
    }
  }
}
