package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Certificates and private keys as PEM text (RFC 7468), read and written.
 *
 * <p>Blocks of other kinds are passed over, so one file may hold a chain and its key. The order of
 * a chain is kept as found: {@link CertificateCheck} judges it.
 */
public final class Pem {
  // Far above any chain; keeps a path to the wrong file (a blob, a device) from filling the heap.
  private static final int LARGEST_FILE_BYTES = 1 << 20;

  private Pem() {}

  /**
   * Reads the certificates of a file, in its order.
   *
   * @return at least one
   * @throws CertificateProblem if the file cannot be read or holds no certificate, or a broken one
   */
  public static List<X509Certificate> certificates(Path file) throws CertificateProblem {
    return certificates(text(file), file.toString());
  }

  /**
   * Reads the certificates of a text, in its order.
   *
   * @param source what messages call the text
   */
  public static List<X509Certificate> certificates(String text, String source)
      throws CertificateProblem {
    List<X509Certificate> chain = new ArrayList<>();
    for (PemObject block : blocks(text, source)) {
      if (block.getType().equals("CERTIFICATE") || block.getType().equals("X509 CERTIFICATE")) {
        chain.add(certificate(block, chain.size() + 1, source));
      }
    }
    if (chain.isEmpty()) {
      throw new CertificateProblem(
          source + ": no certificate (expected: at least one BEGIN CERTIFICATE block)");
    }
    return List.copyOf(chain);
  }

  /**
   * Reads the one private key of a file: PKCS#8, PKCS#1 (RSA) or SEC1 (EC), not encrypted.
   *
   * @throws CertificateProblem if the file cannot be read, or holds no key, several, an encrypted
   *     or a broken one
   */
  public static PrivateKey privateKey(Path file) throws CertificateProblem {
    return privateKey(text(file), file.toString());
  }

  /**
   * Reads the one private key of a text.
   *
   * @param source what messages call the text
   */
  public static PrivateKey privateKey(String text, String source) throws CertificateProblem {
    List<PemObject> keys =
        blocks(text, source).stream().filter(b -> b.getType().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new CertificateProblem(
          "%s: %s (expected: one PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY block)"
              .formatted(
                  source, keys.isEmpty() ? "no private key" : keys.size() + " private keys"));
    }
    PemObject block = keys.getFirst();
    if (isEncrypted(block)) {
      throw new CertificateProblem(
          source
              + ": encrypted private key (expected: an unencrypted one, guarded by the file's mode;"
              + " openssl pkey -in FILE -out NEW-FILE decrypts it)");
    }
    try {
      return new JcaPEMKeyConverter().getPrivateKey(keyInfo(block, source));
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new CertificateProblem(
          "%s: malformed or unsupported %s (expected: an RSA, EC or Ed25519 key)"
              .formatted(source, block.getType()),
          e);
    }
  }

  /** The certificates as PEM text, in their order. */
  public static String text(List<X509Certificate> chain) throws CertificateProblem {
    List<PemObject> blocks = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        blocks.add(new PemObject("CERTIFICATE", certificate.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new CertificateProblem("certificate without an encoding (expected: X.509)", e);
      }
    }
    return text(blocks.toArray(PemObject[]::new));
  }

  /** The key as PEM text, PKCS#8, not encrypted: a secret. */
  public static String text(PrivateKey key) throws CertificateProblem {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new CertificateProblem("private key without an encoding (expected: a software key)");
    }
    return text(new PemObject("PRIVATE KEY", encoded));
  }

  private static String text(PemObject... blocks) throws CertificateProblem {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      for (PemObject block : blocks) {
        writer.writeObject(block);
      }
    } catch (IOException e) {
      throw new CertificateProblem("cannot encode as PEM", e);
    }
    return text.toString();
  }

  private static String text(Path file) throws CertificateProblem {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_FILE_BYTES + 1);
      if (bytes.length > LARGEST_FILE_BYTES) {
        throw new CertificateProblem(file + ": more than 1 MiB (expected: a PEM file)");
      }
      // PEM is ASCII; text around the blocks may be in any encoding, and none fails in this one.
      return new String(bytes, ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new CertificateProblem(file + ": no such file (expected: a PEM file)", e);
    } catch (AccessDeniedException e) {
      throw new CertificateProblem(file + ": permission denied (expected: a readable file)", e);
    } catch (IOException e) {
      throw new CertificateProblem(
          "%s: %s (expected: a PEM file)".formatted(file, e.getMessage()), e);
    }
  }

  private static List<PemObject> blocks(String text, String source) throws CertificateProblem {
    List<PemObject> blocks = new ArrayList<>();
    try (var reader = new PemReader(new StringReader(text))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        blocks.add(block);
      }
      return blocks;
    } catch (IOException | RuntimeException e) {
      // The parser reports bad base64 by several unchecked exceptions.
      throw new CertificateProblem(
          "%s: malformed PEM in block %d (expected: base64 between BEGIN and END lines)"
              .formatted(source, blocks.size() + 1),
          e);
    }
  }

  private static X509Certificate certificate(PemObject block, int number, String source)
      throws CertificateProblem {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.getContent()));
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(
          "%s: certificate %d is malformed (expected: X.509)".formatted(source, number), e);
    }
  }

  private static boolean isEncrypted(PemObject block) {
    return block.getType().startsWith("ENCRYPTED")
        || ((List<?>) block.getHeaders())
            .stream()
                .anyMatch(
                    h -> h instanceof PemHeader header && header.getName().equals("DEK-Info"));
  }

  private static PrivateKeyInfo keyInfo(PemObject block, String source)
      throws CertificateProblem, IOException {
    byte[] content = block.getContent();
    return switch (block.getType()) {
      case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(content);
      case "RSA PRIVATE KEY" ->
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              RSAPrivateKey.getInstance(content));
      case "EC PRIVATE KEY" -> {
        ECPrivateKey key = ECPrivateKey.getInstance(content);
        ASN1Encodable curve = key.getParametersObject();
        if (curve == null) {
          throw new CertificateProblem(source + ": EC key without its curve (expected: RFC 5915)");
        }
        yield new PrivateKeyInfo(
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
      }
      default ->
          throw new CertificateProblem(
              "%s: %s (expected: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY)"
                  .formatted(source, block.getType()));
    };
  }
}
