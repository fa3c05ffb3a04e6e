package io.harborgateway.http.head;

import io.netty.util.AsciiString;

/** The gateway's own line of Via (RFC 9110 section 7.6.3), for both directions. */
public final class Via {
  private static final AsciiString NAME = AsciiString.cached("Via");

  private final AsciiString http10;
  private final AsciiString http11;

  /**
   * @param receivedBy the pseudonym of this gateway, a token
   */
  public Via(String receivedBy) {
    http10 = AsciiString.of("1.0 " + receivedBy);
    http11 = AsciiString.of("1.1 " + receivedBy);
  }

  /** Appends this hop, with the version as received, to the existing lines. */
  public void add(Head head, FieldEdits edits) {
    edits.add(NAME, head.minorVersion == 0 ? http10 : http11);
  }
}
