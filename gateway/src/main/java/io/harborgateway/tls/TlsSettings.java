package io.harborgateway.tls;

import java.util.List;
import java.util.stream.Stream;

/**
 * What may be negotiated in handshakes with clients. Immutable; its names are known to be supported
 * ({@link TlsSupport}).
 *
 * @param versions such as {@code TLSv1.3}; not empty, without a gap
 * @param suites the suites of TLS 1.2 and below by their IANA names, the preferred first; empty
 *     with TLS 1.3 only, all of whose suites BoringSSL enables, in its own order
 * @param groups the groups of the key exchange, the preferred first; not empty
 * @param sharedTickets whether session tickets are encrypted with {@link TicketKeys}
 */
public record TlsSettings(
    List<String> versions, List<String> suites, List<String> groups, boolean sharedTickets) {
  /** The version whose suites can't be chosen. */
  public static final String TLS_1_3 = "TLSv1.3";

  private static final String TLS_1_2 = "TLSv1.2";

  /** BoringSSL enables them in any case. */
  private static final List<String> SUITES_OF_TLS_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /**
   * Only suites with forward secrecy and authenticated encryption (RFC 9325 section 4.2): no static
   * RSA key exchange, no CBC. In order of preference: ChaCha20 is for clients that have no AES
   * hardware and offer nothing else.
   */
  private static final List<String> SECURE_SUITES =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** For clients that have none of the others; those with forward secrecy first. */
  private static final List<String> OLDER_SUITES =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_CBC_SHA");

  /**
   * The hybrid with ML-KEM first: what is recorded today can't be read by a quantum computer later.
   */
  private static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  /** TLS 1.3 only. */
  public static final TlsSettings MODERN =
      new TlsSettings(List.of(TLS_1_3), List.of(), GROUPS, false);

  /** TLS 1.2 as well, with suites that are as good as those of TLS 1.3. */
  public static final TlsSettings INTERMEDIATE =
      new TlsSettings(List.of(TLS_1_2, TLS_1_3), SECURE_SUITES, GROUPS, false);

  /** The same with older suites. */
  public static final TlsSettings COMPATIBLE =
      new TlsSettings(
          List.of(TLS_1_2, TLS_1_3), joined(SECURE_SUITES, OLDER_SUITES), GROUPS, false);

  public TlsSettings {
    versions = List.copyOf(versions);
    suites = List.copyOf(suites);
    groups = List.copyOf(groups);
  }

  /** Returns the same settings, with shared keys of session tickets or without. */
  public TlsSettings sharedTickets(boolean shared) {
    return new TlsSettings(versions, suites, groups, shared);
  }

  private static List<String> joined(List<String> some, List<String> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  /** Returns all suites, those of TLS 1.3 included. */
  List<String> allSuites() {
    return versions.contains(TLS_1_3) ? joined(SUITES_OF_TLS_1_3, suites) : suites;
  }
}
