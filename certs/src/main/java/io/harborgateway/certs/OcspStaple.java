package io.harborgateway.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An OCSP response (RFC 6960) for a certificate, which is sent with it (RFC 6066 section 8) as long
 * as it says that the certificate is good. Immutable.
 */
public final class OcspStaple {
  /** A response has few kilobytes. */
  private static final int MAX_SIZE = 64 << 10;

  private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

  private final byte[] der;
  private final String source;
  private final @Nullable String problem;
  private final Instant from;
  private final Instant until;

  private OcspStaple(
      byte[] der, String source, @Nullable String problem, Instant from, Instant until) {
    this.der = der;
    this.source = source;
    this.problem = problem;
    this.from = from;
    this.until = until;
  }

  /**
   * Reads a response in DER. One that can't be used is no reason to refuse the certificate: {@link
   * #problem} says so.
   *
   * @param chain the certificate's chain, the leaf first
   */
  static OcspStaple read(Path file, List<X509Certificate> chain) {
    byte[] der = {};
    try {
      der = content(file);
      SingleResp single = single(new OCSPResp(der), chain);
      Date next = single.getNextUpdate();
      return new OcspStaple(
          der,
          file.toString(),
          null,
          single.getThisUpdate().toInstant(),
          next == null ? Instant.MAX : next.toInstant());
    } catch (CertificateProblem e) {
      return unusable(der, file, String.valueOf(e.getMessage()));
    } catch (IOException
        | OCSPException
        | GeneralSecurityException
        | OperatorCreationException
        | RuntimeException e) {
      return unusable(der, file, "can't be read: " + e.getMessage());
    }
  }

  /** A pipe would be waited for. */
  private static byte[] content(Path file) throws IOException, CertificateProblem {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new CertificateProblem("no regular file");
    }
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_SIZE);
    }
  }

  private static OcspStaple unusable(byte[] der, Path file, String problem) {
    return new OcspStaple(der, file.toString(), problem, Instant.MAX, Instant.MIN);
  }

  private static SingleResp single(OCSPResp response, List<X509Certificate> chain)
      throws CertificateProblem,
          OCSPException,
          GeneralSecurityException,
          OperatorCreationException,
          IOException {
    if (response.getStatus() != OCSPResp.SUCCESSFUL
        || !(response.getResponseObject() instanceof BasicOCSPResp basic)) {
      throw new CertificateProblem(
          "status %d (expected: successful, 0)".formatted(response.getStatus()));
    }
    X509Certificate leaf = chain.getFirst();
    SingleResp single = null;
    for (SingleResp each : basic.getResponses()) {
      if (each.getCertID().getSerialNumber().equals(leaf.getSerialNumber())) {
        single = each;
      }
    }
    if (single == null) {
      throw new CertificateProblem("for another certificate (expected: for the leaf)");
    }
    if (chain.size() > 1) {
      checkIssuer(single, basic, chain.get(1));
    }
    if (single.getCertStatus() != null) { // which is CertificateStatus.GOOD
      throw new CertificateProblem("says that the certificate is revoked, or unknown to its CA");
    }
    return single;
  }

  /** Without the issuer's certificate in the chain, clients have to do that. */
  private static void checkIssuer(SingleResp single, BasicOCSPResp response, X509Certificate issuer)
      throws CertificateProblem,
          OCSPException,
          GeneralSecurityException,
          OperatorCreationException,
          IOException {
    var digests = new JcaDigestCalculatorProviderBuilder().build();
    if (!single.getCertID().matchesIssuer(new JcaX509CertificateHolder(issuer), digests)) {
      throw new CertificateProblem("for a certificate of another issuer");
    }
    X509Certificate signer = issuer;
    for (X509CertificateHolder each : response.getCerts()) {
      X509Certificate delegated = new JcaX509CertificateConverter().getCertificate(each);
      if (isDelegated(delegated, issuer)) {
        signer = delegated;
      }
    }
    if (!response.isSignatureValid(
        new JcaContentVerifierProviderBuilder().build(signer.getPublicKey()))) {
      throw new CertificateProblem("not signed by the certificate's issuer, or by its delegate");
    }
  }

  private static boolean isDelegated(X509Certificate signer, X509Certificate issuer)
      throws CertificateParsingException {
    List<String> usages = signer.getExtendedKeyUsage();
    if (usages == null || !usages.contains(OCSP_SIGNING)) {
      return false;
    }
    try {
      signer.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // of somebody else
    }
  }

  /** Returns why it is not sent at this instant, or null. */
  public @Nullable String problem(Instant at) {
    if (problem != null) {
      return problem;
    }
    return at.isBefore(from)
        ? "not valid before " + from
        : at.isAfter(until) ? "ended at " + until : null;
  }

  /** Returns the response as it is sent. */
  public byte[] der() {
    return der.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OcspStaple staple
        && Arrays.equals(der, staple.der)
        && source.equals(staple.source);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  /** The file it was read from. */
  @Override
  public String toString() {
    return source;
  }
}
