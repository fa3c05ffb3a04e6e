package io.harborgateway.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The application protocols that a ClientHello offers with ALPN (RFC 7301 section 3.1). The way
 * Netty drives BoringSSL, a handshake without a common protocol continues without one, and so would
 * carry HTTP/1.1 to a client that has just said that it does not speak it.
 */
final class OfferedProtocols {
  /** Bytes of legacy_version and random, RFC 8446 section 4.1.2. */
  static final int VERSION_AND_RANDOM = 34;

  private static final int ALPN = 16;

  private OfferedProtocols() {}

  /**
   * Returns whether the client offers protocols without this one among them. False for a malformed
   * ClientHello: BoringSSL rejects that with its own alert.
   *
   * @param clientHello the message without its header, whose indexes are left unchanged; null: none
   *     was found
   */
  static boolean lack(@Nullable ByteBuf clientHello, String protocol) {
    if (clientHello == null) {
      return false;
    }
    try {
      ByteBuf names = names(clientHello.slice());
      return names != null && !contains(names, protocol);
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  /** Returns whether the client offers this protocol and no other. */
  static boolean areOnly(@Nullable ByteBuf clientHello, String protocol) {
    if (clientHello == null) {
      return false;
    }
    try {
      ByteBuf names = names(clientHello.slice());
      return names != null
          && names.readableBytes() == 1 + protocol.length()
          && contains(names, protocol);
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static @Nullable ByteBuf names(ByteBuf hello) {
    hello.skipBytes(VERSION_AND_RANDOM);
    hello.skipBytes(hello.readUnsignedByte()); // session id
    hello.skipBytes(hello.readUnsignedShort()); // cipher suites
    hello.skipBytes(hello.readUnsignedByte()); // compression methods
    if (!hello.isReadable()) {
      return null; // TLS 1.2 without extensions
    }
    ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf content = extensions.readSlice(extensions.readUnsignedShort());
      if (type == ALPN) {
        return content.readSlice(content.readUnsignedShort());
      }
    }
    return null;
  }

  private static boolean contains(ByteBuf names, String protocol) {
    while (names.isReadable()) {
      ByteBuf name = names.readSlice(names.readUnsignedByte());
      if (name.toString(StandardCharsets.US_ASCII).equals(protocol)) {
        return true;
      }
    }
    return false;
  }
}
