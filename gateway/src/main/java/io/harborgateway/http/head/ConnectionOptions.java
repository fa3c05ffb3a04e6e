package io.harborgateway.http.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The options of a head's Connection field (RFC 9110 section 7.6.1), read once for each head.
 * Fields named among them concern this connection only. Confined to one event loop, like its head.
 *
 * <p>Each field name is compared with each option, so their number is bounded by {@link #MAX}, and
 * the work by that factor times the bytes of the head. Options that could name a trailer are kept
 * for the duration of a body, so their bytes are bounded, too.
 */
public final class ConnectionOptions {
  /** More options than any sender needs; a head with more is rejected. */
  static final int MAX = 32;

  /** Limit of all options in bytes; a head with more is rejected. */
  static final int MAX_OCTETS = 1024;

  private final int[] starts = new int[MAX];
  private final int[] ends = new int[MAX];
  private int others; // besides those with a flag below
  private boolean close;
  private boolean keepAlive;
  private boolean upgrade;
  private boolean host;
  private boolean framing;

  /** Reads the options of {@code head}; returns whether they are few and short enough. */
  boolean read(Head head) {
    others = 0;
    close = false;
    keepAlive = false;
    upgrade = false;
    host = false;
    framing = false;
    int count = 0;
    int octets = 0;
    for (int line = head.indexOf(Field.CONNECTION, 0);
        line >= 0;
        line = head.indexOf(Field.CONNECTION, line + 1)) {
      var options = new ListElements(head.octets, head.valueStart(line), head.valueEnd(line));
      while (options.next()) {
        octets += options.end() - options.start();
        if (++count > MAX || octets > MAX_OCTETS) {
          return false;
        }
        take(head, options.start(), options.end());
      }
    }
    return true;
  }

  private void take(Head head, int start, int end) {
    if (head.is(start, end, "close")) {
      close = true;
    } else if (head.is(start, end, "keep-alive")) {
      keepAlive = true;
    } else if (head.is(start, end, "upgrade")) {
      upgrade = true;
    } else if (head.is(start, end, "host")) {
      host = true;
    } else if (head.is(start, end, "content-length") || head.is(start, end, "transfer-encoding")) {
      framing = true;
    } else {
      starts[others] = start;
      ends[others++] = end;
    }
  }

  public boolean close() {
    return close;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean upgrade() {
    return upgrade;
  }

  /** Returns whether the options name Host, without which a request can't be routed. */
  boolean nominatesHost() {
    return host;
  }

  /** Returns whether the options name a field that delimits the body. */
  boolean nominatesFraming() {
    return framing;
  }

  /**
   * Returns, in lower case, the options that could name a trailer, which arrives when the head is
   * gone.
   */
  public List<String> nominatedTrailers(Head head) {
    var names = new ArrayList<String>(others);
    for (int i = 0; i < others; i++) {
      String name = head.text(starts[i], ends[i]).toLowerCase(Locale.ROOT);
      if (TrailerFields.mayBeTrailer(name)) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  /**
   * Drops the field lines that the options name. Those with a flag are left to the rules, which
   * drop Keep-Alive and Upgrade anyway.
   */
  void dropNominated(Head head, FieldEdits edits) {
    if (others == 0) {
      return;
    }
    for (int line = 0; line < head.count(); line++) {
      if (nominates(head, head.nameStart(line), head.nameEnd(line))) {
        edits.drop(line);
      }
    }
  }

  /** Returns whether the name at {@code [nameStart, nameEnd)} is one of the options. */
  boolean nominates(Head head, int nameStart, int nameEnd) {
    for (int i = 0; i < others; i++) {
      if (ends[i] - starts[i] == nameEnd - nameStart
          && isSame(head.octets, nameStart, starts[i], nameEnd - nameStart)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(byte[] octets, int one, int other, int length) {
    for (int i = 0; i < length; i++) {
      if (Octets.lower(octets[one + i]) != Octets.lower(octets[other + i])) {
        return false;
      }
    }
    return true;
  }
}
