package io.harborgateway.http;

/** Fields that concern one connection only (RFC 9110 section 7.6.1). */
final class HopByHop {
  private HopByHop() {}

  /** Tells whether the Connection field lists a field without which the body has no end. */
  static boolean nominatesFraming(Head head) {
    return head.lists(Field.CONNECTION, "content-length")
        || head.lists(Field.CONNECTION, "transfer-encoding");
  }

  /** Drops the lines whose names the Connection field lists. */
  static void dropNominated(Head head, FieldEdits edits) {
    for (int c = head.indexOf(Field.CONNECTION, 0);
        c >= 0;
        c = head.indexOf(Field.CONNECTION, c + 1)) {
      var options = new Elements(head.octets, head.valueStart(c), head.valueEnd(c));
      while (options.next()) {
        dropNamed(head, options.start(), options.end(), edits);
      }
    }
  }

  private static void dropNamed(Head head, int start, int end, FieldEdits edits) {
    int length = end - start;
    for (int i = 0; i < head.count(); i++) {
      if (head.nameEnd(i) - head.nameStart(i) == length && sameName(head, i, start, length)) {
        edits.drop(i);
      }
    }
  }

  private static boolean sameName(Head head, int line, int start, int length) {
    for (int i = 0; i < length; i++) {
      byte octet = Octets.lower(head.octets[head.nameStart(line) + i]);
      if (octet != Octets.lower(head.octets[start + i])) {
        return false;
      }
    }
    return true;
  }
}
