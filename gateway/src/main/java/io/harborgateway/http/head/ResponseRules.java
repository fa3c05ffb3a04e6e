package io.harborgateway.http.head;

import io.netty.util.AsciiString;

/** The rules for a response's fields, independent of how the front frames them. */
public final class ResponseRules {
  private static final AsciiString CONNECTION = AsciiString.cached("Connection");
  private static final AsciiString CLOSE = AsciiString.cached("close");
  private static final AsciiString DATE = AsciiString.cached("Date");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString UPGRADE = AsciiString.cached("Upgrade");
  private static final int UPGRADE_REQUIRED = 426;

  private ResponseRules() {}

  /** Fills {@code edits}: drops fields that concern the connection to the upstream. */
  public static void edit(ResponseHead head, FieldEdits edits) {
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
  public static void addUpgrade(ResponseHead head, FieldEdits edits) {
    edits.add(CONNECTION, UPGRADE);
    edits.add(UPGRADE, String.valueOf(head.list(Field.UPGRADE)));
  }

  /**
   * Adds the Connection field for the front connection: HTTP/1.0 closes it unless told otherwise. A
   * 426 also says what to upgrade to (RFC 9110 section 15.5.22); in any other response, Upgrade is
   * an offer that concerns the upstream connection.
   *
   * @param minorVersion minor version of the request
   */
  public static void addConnection(
      ResponseHead head, boolean keepAlive, int minorVersion, FieldEdits edits) {
    AsciiString option = !keepAlive ? CLOSE : minorVersion == 0 ? KEEP_ALIVE : null;
    StringBuilder protocols = head.status == UPGRADE_REQUIRED ? head.list(Field.UPGRADE) : null;
    if (protocols != null) {
      edits.add(CONNECTION, option == null ? UPGRADE : UPGRADE + ", " + option);
      edits.add(UPGRADE, protocols);
    } else if (option != null) {
      edits.add(CONNECTION, option);
    }
  }

  /** Adds Date to a response without one: the time of its receipt (RFC 9110 section 6.6.1). */
  public static void addDate(ResponseHead head, HttpDate date, FieldEdits edits) {
    int line = head.indexOf(Field.DATE, 0);
    if (line < 0 || edits.isDropped(line)) {
      edits.add(DATE, date.now());
    }
  }

  /** Drops the framing of a chunked body that is passed on without chunks. */
  public static void dropTransferEncoding(ResponseHead head, FieldEdits edits) {
    for (int i = 0; i < head.count(); i++) {
      if (head.field(i) == Field.TRANSFER_ENCODING || head.field(i) == Field.TRAILER) {
        edits.drop(i);
      }
    }
  }
}
