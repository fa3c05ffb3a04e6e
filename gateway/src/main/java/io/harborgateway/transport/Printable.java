package io.harborgateway.transport;

import org.jspecify.annotations.Nullable;

/**
 * Makes a peer's text safe for a log line, an error or a terminal: one line of bounded length.
 * Characters that move the cursor, change colours or begin a new line are shown as Java escapes,
 * and so is a backslash, so that no text can look like an escaped one.
 */
public final class Printable {
  /** Most characters shown of one text. */
  public static final int LONGEST = 1_000;

  private Printable() {}

  /** Returns the text itself if all of it can be shown; {@code null} for null. */
  public static String of(@Nullable String text) {
    return of(text, LONGEST);
  }

  /**
   * Returns the text itself if all of it can be shown.
   *
   * @param longest most characters of {@code text} shown, at least 1; the number of further ones is
   *     given
   */
  public static String of(@Nullable String text, int longest) {
    if (text == null) {
      return "null";
    }
    int shown = Math.min(text.length(), longest);
    if (shown == text.length() && text.chars().allMatch(Printable::isPlain)) {
      return text;
    }
    var escaped = new StringBuilder(shown + 16);
    for (int i = 0; i < shown; i++) {
      append(text.charAt(i), escaped);
    }
    if (shown < text.length()) {
      escaped.append("… (").append(text.length() - shown).append(" more)");
    }
    return escaped.toString();
  }

  private static boolean isPlain(int c) {
    return c != '\\' && !isUnsafe((char) c);
  }

  /**
   * Control characters, line and paragraph separators, and characters that change the writing
   * direction.
   */
  private static boolean isUnsafe(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static void append(char c, StringBuilder escaped) {
    if (c == '\\') {
      escaped.append("\\\\");
    } else if (c == '\n') {
      escaped.append("\\n");
    } else if (c == '\r') {
      escaped.append("\\r");
    } else if (c == '\t') {
      escaped.append("\\t");
    } else if (isUnsafe(c)) {
      escaped.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
    } else {
      escaped.append(c);
    }
  }
}
