package io.harborgateway.upstream;

import java.util.Locale;

/** The kinds of failures of TLS with an upstream, by which they are counted. */
public enum TlsFault {
  /** Its chain does not end at one of the trusted CAs. */
  UNKNOWN_CA,
  /** Its certificate is for other names. */
  WRONG_NAME,
  /** Its key is none of the pinned ones. */
  WRONG_PIN,
  /** A certificate of its chain is no longer valid. */
  EXPIRED,
  /** A certificate of its chain is not valid yet. */
  NOT_YET_VALID,
  /** Its chain is complete, but breaks another rule. */
  UNTRUSTED,
  /** It demands a client certificate, or refuses the one it was shown. */
  CLIENT_CERTIFICATE,
  /** It speaks none of the offered versions of TLS. */
  NO_COMMON_VERSION,
  /** It takes none of the offered cipher suites, or refuses for a reason that it does not tell. */
  REFUSED,
  /** It does not know the server name. */
  UNKNOWN_NAME,
  /** It does not speak TLS. */
  NO_TLS,
  /** It closed or reset the connection in the handshake. */
  CLOSED,
  /** Any other. */
  OTHER;

  /** The name in metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
