package io.harborgateway.config.values;

/** Quotes an input text for messages. */
public final class QuotedText {
  private static final int LONGEST = 100;

  private QuotedText() {}

  /** Returns the text in quotes, on one line, truncated to a readable length. */
  public static String of(String text) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      if (Character.isISOControl(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
