package io.harborgateway.tls;

import io.harborgateway.certs.ClientRefusedException;
import io.harborgateway.certs.ClientTrust;
import io.harborgateway.certs.RevocationList;
import io.harborgateway.pace.PacedLine;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The demand for a client's certificate, and which are accepted. Equal to another that demands the
 * same. Thread-safe.
 */
public final class ClientAuth {
  private static final PacedLine OUTDATED =
      new PacedLine(LoggerFactory.getLogger(ClientAuth.class), Level.WARN);

  private final ClientTrust trust;
  private final boolean isRequired;
  private final int hash;

  /**
   * @param isRequired whether a client without a certificate is refused; one with a bad certificate
   *     always is
   */
  public ClientAuth(ClientTrust trust, boolean isRequired) {
    this.trust = trust;
    this.isRequired = isRequired;
    this.hash = 31 * trust.hashCode() + Boolean.hashCode(isRequired); // looked up per handshake
  }

  public ClientTrust trust() {
    return trust;
  }

  io.netty.handler.ssl.ClientAuth mode() {
    return isRequired
        ? io.netty.handler.ssl.ClientAuth.REQUIRE
        : io.netty.handler.ssl.ClientAuth.OPTIONAL;
  }

  /** Returns the verifier; BoringSSL tells the client the names of its CAs. */
  X509TrustManager verifier() {
    return new Verifier(trust);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof ClientAuth that
            && hash == that.hash
            && isRequired == that.isRequired
            && trust.equals(that.trust));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  private record Verifier(ClientTrust trust) implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyType)
        throws CertificateException {
      Instant now = Instant.now();
      RevocationList outdated = trust.outdatedList(now);
      if (outdated != null) {
        OUTDATED.log(
            "the CRL of %s is outdated since %s: what it has revoked stays revoked"
                .formatted(outdated.issuer(), outdated.nextUpdate()));
      }
      try {
        trust.check(List.of(chain), now);
      } catch (ClientRefusedException e) {
        throw new OpenSslCertificateException(e, error(e));
      }
    }

    /**
     * Returns the error that makes BoringSSL send the wanted alert, in brackets. gorouter removes
     * the endpoint from its pool on unknown_ca and bad_certificate, and on none of the others:
     * where the router's certificate itself is at fault, every node would refuse it, and an empty
     * pool would answer 404. The CAs are this node's files: another node may have newer ones.
     */
    private static int error(ClientRefusedException refused) {
      return switch (refused.refusal()) {
        // (unknown_ca)
        case UNKNOWN_CA -> CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
        // (certificate_expired), which RFC 8446 section 6.2 defines as not currently valid
        case EXPIRED, NOT_YET_VALID -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
        // (certificate_revoked)
        case REVOKED -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
        // (unsupported_certificate)
        case WRONG_USAGE -> CertificateVerifier.X509_V_ERR_INVALID_PURPOSE;
        // (certificate_unknown)
        case NOT_ALLOWED, CHAIN_TOO_LONG, UNTRUSTED ->
            CertificateVerifier.X509_V_ERR_NO_EXPLICIT_POLICY;
      };
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyType)
        throws CertificateException {
      throw new CertificateException("a server certificate (expected: one of a client)");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.authorities().toArray(X509Certificate[]::new);
    }
  }
}
