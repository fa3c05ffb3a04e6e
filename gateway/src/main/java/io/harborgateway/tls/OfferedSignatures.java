package io.harborgateway.tls;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a ClientHello says of the certificates that its sender can verify. */
final class OfferedSignatures {
  /** Of a ClientHello that could not be read: only what every client verifies. */
  static final OfferedSignatures NONE = new OfferedSignatures();

  private static final int TLS_1_3 = 0x0304;

  // Types of extensions, RFC 8446 section 4.2.
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int SUPPORTED_VERSIONS = 43;

  /** The curves have numbers below, RFC 8446 section 4.2.7. */
  private static final int MOST_CURVE = 64;

  /** In TLS 1.2 the lower octet of a scheme is the signature algorithm; this is ECDSA. */
  private static final int ECDSA = 3;

  /** The suites of TLS 1.2 with ECDSA that BoringSSL has. */
  private static final Map<Integer, String> ECDSA_SUITES =
      Map.of(
          0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

  private boolean hasTls13;
  private final List<String> ecdsaSuites = new ArrayList<>(0);
  private final BitSet ecdsaSchemes = new BitSet(); // by their upper octet
  private final BitSet groups = new BitSet();

  private OfferedSignatures() {}

  /**
   * Reads a ClientHello; {@link #NONE} if it is malformed: BoringSSL rejects it with its own alert.
   *
   * @param clientHello the message without its header, whose indexes are left unchanged; null: none
   *     was found
   */
  static OfferedSignatures of(@Nullable ByteBuf clientHello) {
    if (clientHello == null) {
      return NONE;
    }
    var offered = new OfferedSignatures();
    try {
      offered.read(clientHello.slice());
      return offered;
    } catch (IndexOutOfBoundsException e) {
      return NONE;
    }
  }

  /**
   * Returns whether the client can verify a certificate with an EC key: in TLS 1.3 it must offer
   * the scheme of the curve (RFC 8446 section 4.2.3); in TLS 1.2 a suite and a scheme with ECDSA,
   * and the curve (RFC 8422 section 5.1).
   *
   * @param curve {@code P-256}, {@code P-384} or {@code P-521}
   * @param settings what is negotiated here
   */
  boolean allowEcdsa(String curve, TlsSettings settings) {
    int index = curve.equals("P-256") ? 0 : curve.equals("P-384") ? 1 : 2;
    if (hasTls13 && settings.versions().contains(TlsSettings.TLS_1_3)) {
      return ecdsaSchemes.get(4 + index); // 0x0403, 0x0503, 0x0603
    }
    return !ecdsaSchemes.isEmpty()
        && groups.get(23 + index)
        && ecdsaSuites.stream().anyMatch(settings.suites()::contains);
  }

  private void read(ByteBuf hello) {
    hello.skipBytes(OfferedProtocols.VERSION_AND_RANDOM);
    hello.skipBytes(hello.readUnsignedByte()); // session id
    ByteBuf suites = hello.readSlice(hello.readUnsignedShort());
    while (suites.isReadable()) {
      String suite = ECDSA_SUITES.get(suites.readUnsignedShort());
      if (suite != null && !ecdsaSuites.contains(suite)) {
        ecdsaSuites.add(suite);
      }
    }
    hello.skipBytes(hello.readUnsignedByte()); // compression methods
    if (!hello.isReadable()) {
      return; // TLS 1.2 without extensions
    }
    ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      readExtension(type, extensions.readSlice(extensions.readUnsignedShort()));
    }
  }

  private void readExtension(int type, ByteBuf content) {
    if (type == SUPPORTED_VERSIONS) {
      ByteBuf versions = content.readSlice(content.readUnsignedByte());
      while (versions.isReadable()) {
        hasTls13 |= versions.readUnsignedShort() == TLS_1_3;
      }
    } else if (type == SIGNATURE_ALGORITHMS) {
      ByteBuf schemes = content.readSlice(content.readUnsignedShort());
      while (schemes.isReadable()) {
        int scheme = schemes.readUnsignedShort();
        if ((scheme & 0xff) == ECDSA) {
          ecdsaSchemes.set(scheme >> 8);
        }
      }
    } else if (type == SUPPORTED_GROUPS) {
      ByteBuf offered = content.readSlice(content.readUnsignedShort());
      while (offered.isReadable()) {
        int group = offered.readUnsignedShort();
        if (group < MOST_CURVE) {
          groups.set(group);
        }
      }
    }
  }
}
