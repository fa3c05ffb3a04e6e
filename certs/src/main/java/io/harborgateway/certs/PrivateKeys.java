package io.harborgateway.certs;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The encodings of private keys: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 appendix A.1.2) and SEC1 (RFC
 * 5915). Written by hand: the JDK reads only the first, and Bouncy Castle would load some 80
 * classes at each start that no AOT cache holds (its jar is signed).
 */
final class PrivateKeys {
  private static final byte[] RSA_ENCRYPTION = oid("2a864886f70d010101");
  private static final byte[] EC_PUBLIC_KEY = oid("2a8648ce3d0201");
  private static final byte[] ED25519 = oid("2b6570");
  private static final byte[] ED448 = oid("2b6571");
  private static final byte[] RSA_PSS = oid("2a864886f70d01010a");
  private static final byte[] DSA = oid("2a8648ce380401");
  private static final byte[] DER_NULL = {Der.NULL, 0};
  private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};

  private PrivateKeys() {}

  /** Thrown for a key of an algorithm that TLS here does not support; the message is its name. */
  static final class UnsupportedKeyException extends InvalidKeyException {
    private static final long serialVersionUID = 1;

    UnsupportedKeyException(String algorithm) {
      super(algorithm);
    }
  }

  /** Reads a key. */
  static PrivateKey decode(byte[] pkcs8) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm(pkcs8)).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static String algorithm(byte[] pkcs8) throws InvalidKeyException {
    byte[] oid = keyAlgorithm(pkcs8).next(Der.OID).encoded();
    if (Arrays.equals(oid, RSA_ENCRYPTION)) {
      return "RSA";
    }
    if (Arrays.equals(oid, EC_PUBLIC_KEY)) {
      return "EC";
    }
    if (Arrays.equals(oid, ED25519) || Arrays.equals(oid, ED448)) {
      return "EdDSA";
    }
    throw new UnsupportedKeyException(
        Arrays.equals(oid, RSA_PSS)
            ? "RSA-PSS"
            : Arrays.equals(oid, DSA) ? "DSA" : "algorithm " + HexFormat.of().formatHex(oid));
  }

  private static Der keyAlgorithm(byte[] pkcs8) throws InvalidKeyException {
    Der key = Der.of(pkcs8).next(Der.SEQUENCE);
    key.next(Der.INTEGER);
    return key.next(Der.SEQUENCE);
  }

  /** Wraps a PKCS#1 RSAPrivateKey in PKCS#8. */
  static byte[] pkcs8OfPkcs1(byte[] key) {
    return pkcs8(Der.encode(Der.SEQUENCE, RSA_ENCRYPTION, DER_NULL), key);
  }

  /** Wraps a SEC1 ECPrivateKey in PKCS#8; empty if it does not name its curve. */
  static byte[] pkcs8OfSec1(byte[] key) throws InvalidKeyException {
    Der curve = ecField(key, Der.CONTEXT_0);
    return curve == null
        ? new byte[0]
        : pkcs8(Der.encode(Der.SEQUENCE, EC_PUBLIC_KEY, curve.content()), key);
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return Der.encode(Der.SEQUENCE, VERSION_0, algorithm, Der.encode(Der.OCTET_STRING, key));
  }

  /**
   * The public key that most tools write into an EC key's file next to the private one: a BIT
   * STRING's content. Null if there is none.
   */
  static byte @Nullable [] embeddedPublicPoint(ECPrivateKey privateKey) {
    try {
      Der key = Der.of(privateKey.getEncoded()).next(Der.SEQUENCE);
      key.next(Der.INTEGER);
      key.next(Der.SEQUENCE);
      Der point = ecField(key.next(Der.OCTET_STRING).content(), Der.CONTEXT_1);
      return point == null ? null : point.next(Der.BIT_STRING).content();
    } catch (InvalidKeyException e) {
      return null; // a different form, but still a key
    }
  }

  /** The content of the BIT STRING in a SubjectPublicKeyInfo. */
  static byte[] publicPoint(PublicKey publicKey) throws InvalidKeyException {
    Der info = Der.of(publicKey.getEncoded()).next(Der.SEQUENCE);
    info.next(Der.SEQUENCE);
    return info.next(Der.BIT_STRING).content();
  }

  private static @Nullable Der ecField(byte[] sec1, byte tag) throws InvalidKeyException {
    Der key = Der.of(sec1).next(Der.SEQUENCE);
    key.next(Der.INTEGER);
    key.next(Der.OCTET_STRING);
    while (key.hasNext()) {
      Der field = key.next();
      if (field.tag() == tag) {
        return field;
      }
    }
    return null;
  }

  private static byte[] oid(String hex) {
    return Der.encode(Der.OID, HexFormat.of().parseHex(hex));
  }
}
