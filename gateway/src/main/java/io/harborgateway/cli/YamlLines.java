package io.harborgateway.cli;

/** Writes YAML line by line. */
final class YamlLines {
  private final StringBuilder text = new StringBuilder();

  /** Adds a line as is, indented by this many spaces. */
  void add(int indent, String line) {
    text.append(" ".repeat(indent)).append(line).append('\n');
  }

  /** Adds a comment; line breaks in it are replaced. */
  void comment(int indent, String comment) {
    add(indent, "# " + comment.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?"));
  }

  /** Adds an empty line. */
  void blank() {
    text.append('\n');
  }

  /** Puts a text in double quotes (YAML 1.2 section 7.3.1). */
  static String quoted(String value) {
    var quoted = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').appendCodePoint(c);
          } else if (c >= ' ' && c <= '~') {
            quoted.appendCodePoint(c);
          } else {
            quoted.append("\\U%08x".formatted(c));
          }
        });
    return quoted.append('"').toString();
  }

  /** All lines. */
  @Override
  public String toString() {
    return text.toString();
  }
}
