package io.harborgateway.certs;

/**
 * A result of {@link CertificateCheck}: a problem with a certificate, or a hint.
 *
 * @param kind subject of the finding
 * @param message for the operator: {@code found (expected …)}
 */
public record Finding(Kind kind, String message) {
  /** The subject of a finding. */
  public enum Kind {
    /** The private key belongs to another certificate. */
    KEY_MISMATCH,
    /** A required name is not covered by any dNSName of the leaf. */
    NAME_NOT_COVERED,
    /** A certificate of the chain is not valid yet. */
    NOT_YET_VALID,
    /** A certificate of the chain is no longer valid. */
    EXPIRED,
    /** A certificate of the chain expires within the guard duration. */
    EXPIRES_SOON,
    /** A certificate is not signed by the next one, or the next one is not a CA. */
    CHAIN_BROKEN,
    /** The leaf's extensions, or its issuers', do not let it act as a TLS server. */
    NOT_A_SERVER_CERTIFICATE,
    /** A CA of the chain may not issue certificates of this name. */
    NAME_NOT_PERMITTED,
    /** TLS does not work with the leaf's key, or clients refuse a key in the chain. */
    KEY_NOT_USABLE,
    /** A certificate of the chain has a signature algorithm that clients no longer accept. */
    WEAK_SIGNATURE,
    /** A certificate of the chain has a critical extension that clients do not recognize. */
    UNKNOWN_EXTENSION,
    /** A hint: the certificates form a chain, but the file has them in another order. */
    CHAIN_OUT_OF_ORDER,
    /** A hint: the chain ends before a root, and its issuer says where its certificate is. */
    ISSUER_NOT_SENT,
    /** A hint: a certificate that verification does not need, or no longer, is not sent. */
    SPARE_NOT_SENT,
    /** A hint: gorouter can't connect with its defaults, or not in each of its releases. */
    NOT_FOR_ROUTERS,
    /** A hint: the leaf's key shuts out TLS 1.2 clients that offer only RSA suites. */
    NOT_FOR_RSA_SUITES,
    /** A hint: the OCSP response can't be sent. */
    STAPLE_NOT_SENT;

    /** Whether the certificate can be used nevertheless. */
    public boolean isHint() {
      return compareTo(CHAIN_OUT_OF_ORDER) >= 0;
    }

    /** Whether the passing of time alone makes it appear or disappear. */
    public boolean dependsOnTime() {
      return this == NOT_YET_VALID || this == EXPIRED || this == EXPIRES_SOON;
    }
  }

  @Override
  public String toString() {
    return message;
  }
}
