package io.harborgateway.certs;

import java.util.Locale;

/** Why a client's certificate is refused. */
public enum ClientRefusal {
  /** Its chain does not end at one of the CAs. */
  UNKNOWN_CA,
  /** A certificate of its chain, or the CA, is no longer valid. */
  EXPIRED,
  /** A certificate of its chain, or the CA, is not valid yet. */
  NOT_YET_VALID,
  /** Its CA has revoked a certificate of the chain. */
  REVOKED,
  /** A certificate of its chain is not meant for clients. */
  WRONG_USAGE,
  /** Neither its subject nor its names are among those allowed. */
  NOT_ALLOWED,
  /** The client sent, or the path has, too many certificates. */
  CHAIN_TOO_LONG,
  /** The path breaks another rule of RFC 5280 section 6. */
  UNTRUSTED;

  /** The name in metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
