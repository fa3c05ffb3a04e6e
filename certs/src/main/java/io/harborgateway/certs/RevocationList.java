package io.harborgateway.certs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.cert.CRLException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate revocation list (RFC 5280 section 5) whose signature one of the CAs has made. Equal
 * to another with the same content. Thread-safe.
 */
public final class RevocationList {
  /** Some two hundred thousand entries. */
  private static final int LARGEST_FILE_BYTES = 16 << 20;

  private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
  private static final String DELTA = "2.5.29.27";

  // Of IssuingDistributionPoint, RFC 5280 section 5.2.5.
  private static final byte ONLY_SOME_REASONS = (byte) 0x83;
  private static final byte INDIRECT = (byte) 0x84;
  private static final byte ONLY_ATTRIBUTES = (byte) 0x85;

  private final X509CRL list;
  private final X509Certificate authority;

  private RevocationList(X509CRL list, X509Certificate authority) {
    this.list = list;
    this.authority = authority;
  }

  /**
   * Reads the lists of a file, PEM or DER. One that is no longer current is read, too.
   *
   * @throws CertificateProblem if the file can't be read, or holds anything else than complete
   *     lists of these authorities
   */
  public static List<RevocationList> load(Path file, List<X509Certificate> authorities)
      throws CertificateProblem {
    byte[] bytes = content(file);
    List<RevocationList> lists = new ArrayList<>();
    try {
      var factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : encodings(bytes, file)) {
        var in = new ByteArrayInputStream(der);
        lists.add(of((X509CRL) factory.generateCRL(in), authorities, file));
        if (in.available() > 0) {
          throw new CRLException("more than one");
        }
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateProblem(file + ": malformed (expected: a CRL, PEM or DER)", e);
    }
    if (lists.isEmpty()) {
      throw new CertificateProblem(file + ": no CRL (expected: at least one, PEM or DER)");
    }
    return lists;
  }

  /**
   * The JDK's way to read several lists leaves out what it can't read, such as a last one of which
   * only a half is written.
   */
  private static List<byte[]> encodings(byte[] bytes, Path file) throws CertificateProblem {
    return bytes.length > 0 && bytes[0] == Der.SEQUENCE
        ? List.of(bytes)
        : Pem.contents(new String(bytes, StandardCharsets.ISO_8859_1), "X509 CRL", file.toString());
  }

  private static byte[] content(Path file) throws CertificateProblem {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_FILE_BYTES + 1);
      if (bytes.length > LARGEST_FILE_BYTES) {
        throw new CertificateProblem(file + ": more than 16 MiB (expected: a CRL)");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new CertificateProblem(file + ": no such file (expected: a CRL)", e);
    } catch (IOException e) {
      throw new CertificateProblem("%s: %s (expected: a CRL)".formatted(file, e.getMessage()), e);
    }
  }

  private static RevocationList of(X509CRL list, List<X509Certificate> authorities, Path file)
      throws CertificateProblem {
    String issuer = list.getIssuerX500Principal().getName();
    if (isPartial(list)) {
      throw new CertificateProblem(
          "%s: the CRL of %s is not complete: a delta, an indirect one, or one for some reasons"
                  .formatted(file, issuer)
              + " (expected: a complete CRL)");
    }
    for (X509Certificate authority : authorities) {
      if (authority.getSubjectX500Principal().equals(list.getIssuerX500Principal())
          && isSignedBy(list, authority)) {
        return new RevocationList(list, authority);
      }
    }
    throw new CertificateProblem(
        "%s: the CRL of %s is not signed by one of the CAs (expected: by one of client-ca)"
            .formatted(file, issuer));
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate authority) {
    try {
      list.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isPartial(X509CRL list) {
    byte[] point = list.getExtensionValue(ISSUING_DISTRIBUTION_POINT);
    if (list.getExtensionValue(DELTA) != null || list.hasUnsupportedCriticalExtension()) {
      return true;
    }
    if (point == null) {
      return false;
    }
    try {
      Der octets = Der.of(point).next(Der.OCTET_STRING);
      Der fields = Der.of(octets.content()).next(Der.SEQUENCE);
      while (fields.hasNext()) {
        byte tag = fields.next().tag();
        if (tag == ONLY_SOME_REASONS || tag == INDIRECT || tag == ONLY_ATTRIBUTES) {
          return true;
        }
      }
      return false;
    } catch (InvalidKeyException e) {
      return true; // malformed
    }
  }

  /** The name of the CA. */
  public String issuer() {
    return list.getIssuerX500Principal().getName();
  }

  /** The instant from which a newer list exists; null: it does not say. */
  public @Nullable Instant nextUpdate() {
    Date next = list.getNextUpdate();
    return next == null ? null : next.toInstant();
  }

  /** Whether a newer list must exist by now. */
  public boolean isOutdated(Instant now) {
    Date next = list.getNextUpdate();
    return next != null && next.toInstant().isBefore(now);
  }

  /** Whether it is the list of this CA: of its name and key. */
  public boolean isOf(X509Certificate issuer) {
    return authority.getSubjectX500Principal().equals(issuer.getSubjectX500Principal())
        && authority.getPublicKey().equals(issuer.getPublicKey());
  }

  boolean revokes(X509Certificate certificate, X509Certificate issuer) {
    return isOf(issuer) && list.getRevokedCertificate(certificate) != null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RevocationList that
        && list.equals(that.list)
        && authority.equals(that.authority);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(list.getSignature());
  }
}
