package io.harborgateway.config.meta;

/** The forms of a text that have no type of their own. */
public enum TextFormat {
  /** Any text with at least one visible character. */
  TEXT("a text that is not empty", "\\S"),
  /** A name that other keys refer to. */
  NAME("a name of letters, digits, '-' and '_'", "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"),
  /** One label of a DNS name. */
  DNS_LABEL("one DNS label, such as registry", "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"),
  /** The name of an environment variable (POSIX, 8.1). */
  VARIABLE("the name of an environment variable", "^[A-Za-z_][A-Za-z0-9_]*$"),
  /** The name of an HTTP field (RFC 9110 section 5.1). */
  FIELD_NAME("the name of a header field", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
  /** A source in a gorouter route policy: who may call a route. */
  POLICY_SOURCE(
      "cf:any, or cf:app:, cf:space: or cf:org: and a GUID",
      "^cf:(any|(app|space|org):" + TextFormat.GUID + ")$"),
  /** An IPv4 or IPv6 literal; never a name to resolve. */
  IP_ADDRESS("an IP address, such as 10.0.0.1 or fd00::1", "^[0-9A-Fa-f:.]+$"),
  /** The path of a request target (RFC 9112 section 3.2.1), including any query. */
  PATH("a path that begins with /, of visible ASCII", "^/[!-~]*$"),
  /** SHA-256 of a SubjectPublicKeyInfo, as in RFC 7469. */
  PIN(
      "sha256/ and the base64 of the SHA-256 of the public key",
      "^sha256/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$");

  /** The pattern of a GUID of Cloud Foundry or of a Harbor instance. */
  public static final String GUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

  private final String expected;
  private final String pattern;

  TextFormat(String expected, String pattern) {
    this.expected = expected;
    this.pattern = pattern;
  }

  /** The expectation stated in errors. */
  public String expected() {
    return expected;
  }

  /** A regular expression that finds a match in every text of this form (ECMA 262 and Java). */
  public String pattern() {
    return pattern;
  }
}
