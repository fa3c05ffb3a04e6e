package io.harborgateway.http.head;

/** The character classes of RFC 9110 section 5.6 and RFC 3986, as lookup tables. */
public final class Octets {
  public static final byte CR = '\r';
  public static final byte LF = '\n';
  public static final byte SP = ' ';
  public static final byte HTAB = '\t';

  private static final boolean[] TOKEN = new boolean[256];
  private static final boolean[] FIELD_VALUE = new boolean[256];
  private static final boolean[] TARGET = new boolean[256];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
    for (int c = 0x20; c < 256; c++) {
      FIELD_VALUE[c] = c != 0x7f; // VCHAR, SP and obs-text
    }
    FIELD_VALUE[HTAB] = true;
    for (int c = 0x21; c < 0x7f; c++) {
      TARGET[c] = c != '#'; // a fragment is never sent (RFC 9112 section 3.2)
    }
  }

  private Octets() {}

  /** tchar: characters of methods and field names. */
  public static boolean isToken(byte octet) {
    return TOKEN[octet & 0xff];
  }

  /** Characters of a field value, reason phrase or quoted string. */
  public static boolean isFieldValue(byte octet) {
    return FIELD_VALUE[octet & 0xff];
  }

  /** Characters of a request target: visible ASCII without {@code #}. */
  static boolean isTarget(byte octet) {
    return TARGET[octet & 0xff];
  }

  /** SP or HTAB. */
  public static boolean isBlank(byte octet) {
    return octet == SP || octet == HTAB;
  }

  static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  /** Returns 0 to 15, or -1 if the octet is not a hexadecimal digit. */
  public static int hexValue(byte octet) {
    return octet < 0 ? -1 : Character.digit(octet, 16);
  }

  /** Returns the octet with ASCII upper-case letters turned to lower case. */
  static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
  }
}
