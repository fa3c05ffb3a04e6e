package io.harborgateway.certs;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name that may stand in a certificate's dNSName: a host name, or a wildcard whose whole
 * left-most label is {@code *} (RFC 9525 section 6.3). Lower-case, ASCII (internationalized names
 * as A-labels), without a trailing dot.
 *
 * @param text the name, for example {@code harbor.example.com} or {@code *.example.com}
 */
public record DnsName(String text) {
  private static final String WILDCARD = "*.";
  private static final int LONGEST = 253;

  // The underscore is not allowed in host names, but occurs in names that DNS resolves.
  private static final Pattern LABELS =
      Pattern.compile(
          "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
  // RFC 9525 section 6.2: a name that ends in a number is an IPv4 address, which no dNSName can
  // represent.
  private static final Pattern NUMBER_AT_THE_END = Pattern.compile("(.*\\.)?[0-9]+");

  /**
   * Wraps a name that is known to be valid.
   *
   * @throws IllegalArgumentException if the text is not such a name; {@link #parse} is for input
   */
  public DnsName {
    if (!isValid(text)) {
      throw new IllegalArgumentException(expectation(text));
    }
  }

  /**
   * Reads a name in any case.
   *
   * @throws CertificateProblem if it is not a DNS name, or a wildcard other than {@code *.name}
   */
  public static DnsName parse(String text) throws CertificateProblem {
    String name = text.toLowerCase(Locale.ROOT);
    if (!isValid(name)) {
      throw new CertificateProblem(expectation(text));
    }
    return new DnsName(name);
  }

  /** Returns whether this is a wildcard. */
  public boolean isWildcard() {
    return text.startsWith(WILDCARD);
  }

  /**
   * Returns whether a certificate with this name is valid for the host: the same name or, for a
   * wildcard, a name with exactly one label in place of the {@code *}.
   *
   * @param hostName in upper or lower case; one trailing dot is ignored
   */
  public boolean covers(String hostName) {
    String host = normalized(hostName);
    return text.equals(host) || (isWildcard() && text.equals(wildcardAbove(host)));
  }

  @Override
  public String toString() {
    return text;
  }

  /** The form in which host names are compared: lower-case, without the root's dot. */
  static String normalized(String hostName) {
    String host = hostName.toLowerCase(Locale.ROOT);
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** The wildcard that would cover a normalized host, or {@code ""} if none can. */
  static String wildcardAbove(String host) {
    int dot = host.indexOf('.');
    boolean coverable =
        dot > 0 && host.charAt(0) != '*' && !NUMBER_AT_THE_END.matcher(host).matches();
    return coverable ? "*" + host.substring(dot) : "";
  }

  static boolean isValid(String text) {
    String host = text.startsWith(WILDCARD) ? text.substring(WILDCARD.length()) : text;
    return text.length() <= LONGEST
        && LABELS.matcher(host).matches()
        && !NUMBER_AT_THE_END.matcher(host).matches();
  }

  private static String expectation(String text) {
    return "name \"%s\" (expected: a DNS name, or *.name)".formatted(text);
  }
}
