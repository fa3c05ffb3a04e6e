package io.harborgateway.certs;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys in a chain that TLS works with, established by trying the gateway's own TLS (BoringSSL
 * through Netty) and from the source of gorouter's (Go): RSA of 2048 to 8192 bits, and ECDSA on
 * P-256, P-384 and P-521. Handshakes with Ed25519, Ed448 and other curves fail here; Go rejects RSA
 * keys below 1024 and above 8192 bits, and exponents above 31 bits. A leaf needs 2048 bits: shorter
 * keys are refused by browsers, and by OpenSSL at its usual security level.
 */
final class ServableKeys {
  private static final int LEAST_RSA_BITS = 2048;
  private static final int LEAST_RSA_BITS_OF_ISSUER = 1024;
  private static final int MOST_RSA_BITS = 8192;
  private static final int MOST_EXPONENT_BITS = 31;
  private static final Set<String> CURVES = Set.of("P-256", "P-384", "P-521");

  private ServableKeys() {}

  /** Returns why no handshake works with this leaf key, or null. */
  static @Nullable String refusal(PublicKey key) {
    KeyType type = KeyType.of(key);
    if (type.isEc() && CURVES.contains(type.curve())) {
      return null;
    }
    return key instanceof RSAPublicKey rsa && type.algorithm().equals("RSA")
        ? refusal(type, rsa, LEAST_RSA_BITS)
        : "%s key, which TLS does not work with here".formatted(type)
            + " (expected: RSA of 2048 to 8192 bits, or EC on P-256, P-384 or P-521)";
  }

  /** Returns why clients reject a chain with this issuer key, or null. */
  static @Nullable String refusalOfIssuer(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        ? refusal(KeyType.of(key), rsa, LEAST_RSA_BITS_OF_ISSUER)
        : null;
  }

  private static @Nullable String refusal(KeyType type, RSAPublicKey key, int least) {
    int bits = key.getModulus().bitLength();
    if (bits < least || bits > MOST_RSA_BITS) {
      return "%s key, which clients refuse (expected: %d to %d bits)"
          .formatted(type, least, MOST_RSA_BITS);
    }
    BigInteger exponent = key.getPublicExponent();
    return exponent.bitLength() > MOST_EXPONENT_BITS
        ? "%s key with an exponent of %d bits, which routers refuse (expected: 31 at most)"
            .formatted(type, exponent.bitLength())
        : null;
  }
}
