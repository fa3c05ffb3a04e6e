package io.harborgateway.http;

import io.netty.util.AsciiString;

/** The rules for a response's fields, which do not know how the front frames them. */
final class ResponseRules {
  private static final AsciiString CONNECTION = AsciiString.cached("Connection");
  private static final AsciiString CLOSE = AsciiString.cached("close");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString UPGRADE = AsciiString.cached("Upgrade");

  private ResponseRules() {}

  /** Fills {@code edits}: drops what concerns the connection to the upstream. */
  static void edit(ResponseHead head, FieldEdits edits) {
    edits.reset(head);
    for (int i = 0; i < head.count(); i++) {
      Field field = head.field(i);
      if (field == null) {
        continue;
      }
      switch (field) {
        case CONTENT_LENGTH, TRANSFER_ENCODING, TRAILER -> {
          if (head.endsByStatus()) {
            edits.drop(i);
          }
        }
        case CONNECTION, KEEP_ALIVE, PROXY_AUTHENTICATE, PROXY_CONNECTION, TE, UPGRADE ->
            edits.drop(i);
        default -> {}
      }
    }
    head.connection.dropNominated(head, edits);
  }

  /** Adds the fields of an accepted upgrade (RFC 9110 section 7.8). */
  static void addUpgrade(ResponseHead head, FieldEdits edits) {
    edits.add(CONNECTION, UPGRADE);
    edits.add(UPGRADE, String.valueOf(head.value(Field.UPGRADE)));
  }

  static void addClose(FieldEdits edits) {
    edits.add(CONNECTION, CLOSE);
  }

  /** HTTP/1.0 closes unless told otherwise. */
  static void addKeepAlive(FieldEdits edits) {
    edits.add(CONNECTION, KEEP_ALIVE);
  }

  /** Drops the framing of a chunked body that is handed on without chunks. */
  static void dropTransferEncoding(ResponseHead head, FieldEdits edits) {
    for (int i = 0; i < head.count(); i++) {
      if (head.field(i) == Field.TRANSFER_ENCODING || head.field(i) == Field.TRAILER) {
        edits.drop(i);
      }
    }
  }
}
