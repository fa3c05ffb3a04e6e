package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;

/**
 * The type of a key.
 *
 * @param algorithm {@code RSA}, {@code EC}, {@code Ed25519}, or the JDK's name of any other
 * @param bits size of the modulus or of the curve's field; 0 where the algorithm implies it
 * @param curve curve of an EC key: {@code P-256}, {@code P-384}, {@code P-521}, or the JDK's name
 *     of any other; empty for other keys
 */
public record KeyType(String algorithm, int bits, String curve) {
  /** Accepted by every client, including gorouter with its default TLS 1.2 suites. */
  public static final KeyType RSA_2048 = new KeyType("RSA", 2048);

  /** Cheaper handshakes, but gorouter then needs TLS 1.3. */
  public static final KeyType EC_P256 = new KeyType("EC", 256);

  /** A key without a curve, or on the NIST curve over a prime of this size. */
  KeyType(String algorithm, int bits) {
    this(algorithm, bits, algorithm.equals("EC") ? "P-" + bits : "");
  }

  /** The type of a public key. */
  public static KeyType of(PublicKey key) {
    // No pattern switch: its linkage is not in the AOT cache, and this runs at every start.
    if (key instanceof RSAPublicKey rsa) {
      return new KeyType(rsa.getAlgorithm(), rsa.getModulus().bitLength());
    }
    if (key instanceof ECPublicKey ec) {
      return new KeyType(
          "EC", ec.getParams().getCurve().getField().getFieldSize(), curve(ec.getParams()));
    }
    return key instanceof EdECPublicKey ed
        ? new KeyType(ed.getParams().getName(), 0)
        : new KeyType(key.getAlgorithm(), 0);
  }

  /** Goes by name: there are several curves of the same size. */
  private static String curve(ECParameterSpec parameters) {
    String name = parameters.toString(); // of a known one: "secp256r1 [NIST P-256, …] (…)"
    int nist = name.indexOf("[NIST P-");
    if (nist < 0) {
      int end = name.indexOf(' ');
      return end < 0 ? name : name.substring(0, end);
    }
    int start = nist + "[NIST ".length();
    int end = start;
    while (end < name.length() && name.charAt(end) != ',' && name.charAt(end) != ']') {
      end++;
    }
    return name.substring(start, end);
  }

  /** Whether its signatures are ECDSA, which determines the TLS 1.2 suites. */
  public boolean isEc() {
    return algorithm.equals("EC");
  }

  /** For example {@code RSA 2048}, {@code EC P-256}, {@code Ed25519}. */
  @Override
  public String toString() {
    return bits == 0 ? algorithm : algorithm + " " + (curve.isEmpty() ? bits : curve);
  }

  KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (isEc()) {
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
    } else if (bits > 0) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  /** The JCA name of the algorithm that certificates and challenges are signed with. */
  String signatureAlgorithm() {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      // A digest as wide as the curve (RFC 5758 section 3.2 names the pairs).
      case "EC" -> (bits > 384 ? "SHA512" : bits > 256 ? "SHA384" : "SHA256") + "withECDSA";
      default -> algorithm;
    };
  }

  /**
   * Returns whether the two keys belong together. Compares numbers where the private key carries
   * its public half (RSA; EC as most tools write it); otherwise tries a signature, which takes a
   * freshly started JVM 100 ms or more.
   */
  static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
    if (publicKey instanceof RSAPublicKey rsa && privateKey instanceof RSAPrivateCrtKey key) {
      return isPair(rsa, key);
    }
    if (publicKey instanceof ECPublicKey && privateKey instanceof ECPrivateKey key) {
      byte[] point = PrivateKeys.embeddedPublicPoint(key);
      if (point != null) {
        try {
          return Arrays.equals(point, PrivateKeys.publicPoint(publicKey));
        } catch (InvalidKeyException e) {
          return false;
        }
      }
    }
    return signsFor(publicKey, privateKey);
  }

  /** Compares the modulus, and checks that the private exponent inverts the public one. */
  private static boolean isPair(RSAPublicKey publicKey, RSAPrivateCrtKey key) {
    BigInteger p = key.getPrimeP();
    BigInteger q = key.getPrimeQ();
    BigInteger e = publicKey.getPublicExponent();
    return key.getModulus().equals(publicKey.getModulus())
        && key.getPublicExponent().equals(e)
        && p.multiply(q).equals(key.getModulus())
        && isInverse(e, key.getPrimeExponentP(), p.subtract(BigInteger.ONE))
        && isInverse(e, key.getPrimeExponentQ(), q.subtract(BigInteger.ONE))
        && isInverse(q, key.getCrtCoefficient(), p);
  }

  private static boolean isInverse(BigInteger number, BigInteger inverse, BigInteger modulus) {
    return modulus.signum() > 0 && number.multiply(inverse).mod(modulus).equals(BigInteger.ONE);
  }

  /** Tries a signature, which works for every algorithm. */
  private static boolean signsFor(PublicKey publicKey, PrivateKey privateKey) {
    byte[] challenge =
        "harbor-gateway: does this key belong to this certificate?".getBytes(US_ASCII);
    try {
      Signature signature = Signature.getInstance(of(publicKey).signatureAlgorithm());
      signature.initSign(privateKey);
      signature.update(challenge);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(challenge);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // Keys of different algorithms or sizes end up here: not a pair.
      return false;
    }
  }
}
