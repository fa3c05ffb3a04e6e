package io.harborgateway.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The fatal alerts that refuse a handshake before it begins (RFC 8446 section 6.2). An alert also
 * says something about this node: on {@code handshake_failure} gorouter removes the endpoint from
 * the route's pool, on any other it only tries the next endpoint.
 */
enum TlsAlert {
  /** This node does not serve the name, or can't right now: routers should try others. */
  HANDSHAKE_FAILURE(40),

  /**
   * A limit refuses the client now. There is no alert for it; of those that say nothing against the
   * client or the certificate, this is the one that no router takes for a reason to remove us.
   */
  INTERNAL_ERROR(80),

  /** The client supports no protocol that is supported here (RFC 7301 section 3.2). */
  NO_APPLICATION_PROTOCOL(120);

  private static final int CONTENT_TYPE_ALERT = 21;
  private static final int LEGACY_VERSION_1_2 = 0x0303;
  private static final int LENGTH = 2;
  private static final int LEVEL_FATAL = 2;

  private final int description;

  TlsAlert(int description) {
    this.description = description;
  }

  /** Returns the record of this alert, in cleartext like everything before the ServerHello. */
  ByteBuf record() {
    return Unpooled.buffer(7)
        .writeByte(CONTENT_TYPE_ALERT)
        .writeShort(LEGACY_VERSION_1_2)
        .writeShort(LENGTH)
        .writeByte(LEVEL_FATAL)
        .writeByte(description);
  }
}
