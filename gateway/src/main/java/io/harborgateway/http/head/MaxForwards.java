package io.harborgateway.http.head;

import io.netty.util.AsciiString;

/**
 * Max-Forwards of OPTIONS and TRACE (RFC 9110 section 7.6.2): how many more hops such a request may
 * take. For other methods it is meaningless and passed on unread.
 */
public final class MaxForwards {
  /** There is no limit. */
  static final int NONE = -1;

  /** Repeated, or not a number. */
  static final int MALFORMED = -2;

  private static final AsciiString MAX_FORWARDS = AsciiString.cached("Max-Forwards");
  private static final int HIGHEST = 1_000_000;

  private MaxForwards() {}

  /** Returns 0 or more, at most a million, or one of the constants. */
  public static int of(RequestHead head) {
    if (!head.methodIs("OPTIONS") && !head.methodIs("TRACE")) {
      return NONE;
    }
    int line = head.indexOf(Field.MAX_FORWARDS, 0);
    if (line < 0) {
      return NONE;
    }
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    if (start == end || head.indexOf(Field.MAX_FORWARDS, line + 1) >= 0) {
      return MALFORMED;
    }
    int hops = 0;
    for (int i = start; i < end; i++) {
      if (!Octets.isDigit(head.octets[i])) {
        return MALFORMED;
      }
      hops = Math.min(hops * 10 + head.octets[i] - '0', HIGHEST);
    }
    return hops;
  }

  /** Decrements line {@code line} by one hop. */
  static void lower(RequestHead head, int line, FieldEdits edits) {
    int hops = of(head);
    if (hops > 0) {
      edits.drop(line);
      edits.add(MAX_FORWARDS, Integer.toString(hops - 1));
    }
  }
}
