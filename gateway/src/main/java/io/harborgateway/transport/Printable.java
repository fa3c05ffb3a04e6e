package io.harborgateway.transport;

import org.jspecify.annotations.Nullable;

/**
 * Text of a peer in a form that a log line, an error or a terminal can take: one line of bounded
 * length. What moves a cursor, colours a screen or begins another line is shown as an escape of
 * Java's, and so is a backslash, so that no text looks like another one's escape.
 */
public final class Printable {
  /** Characters that are shown of one text. */
  public static final int LONGEST = 1_000;

  private Printable() {}

  /** Returns the text itself where all of it can be shown; {@code null} for null. */
  public static String of(@Nullable String text) {
    return of(text, LONGEST);
  }

  /**
   * Returns the text itself where all of it can be shown.
   *
   * @param longest characters of {@code text} that are shown, at least 1; what follows is counted
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

  /** Controls, line and paragraph separators, and what turns the direction of writing. */
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
