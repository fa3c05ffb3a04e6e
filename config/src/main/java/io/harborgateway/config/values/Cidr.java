package io.harborgateway.config.values;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of IPv4 or IPv6 addresses. Never queries DNS.
 *
 * @param network the first address; all bits beyond the prefix are 0
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(InetAddress network, int prefixLength) {
  public static final String EXPECTED =
      "an IP address or a CIDR block, such as 10.0.0.5, 10.0.0.0/8 or fd00::/8";

  private static final Pattern FORM =
      Pattern.compile("(?<ip>[^/]+)(/(?<prefix>0|[1-9][0-9]{0,2}))?");

  /** Throws {@link IllegalArgumentException} if the prefix does not fit the address. */
  public Cidr {
    byte[] address = network.getAddress();
    String text = network.getHostAddress() + "/" + prefixLength;
    if (prefixLength < 0 || prefixLength > address.length * 8) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    for (int bit = prefixLength; bit < address.length * 8; bit++) {
      if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        throw IllegalValueException.of(text, "a block without bits beyond its prefix");
      }
    }
  }

  /**
   * Parses a block, or a single address as a block of one. Throws {@link IllegalArgumentException}
   * if {@code text} is neither.
   */
  public static Cidr of(String text) {
    Matcher form = FORM.matcher(text);
    InetAddress address = form.matches() ? IpLiteral.parse(form.group("ip")) : null;
    if (address == null) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    String prefix = form.group("prefix");
    return new Cidr(
        address, prefix == null ? address.getAddress().length * 8 : Integer.parseInt(prefix));
  }

  /** Whether the address is in this block; an address of the other family is not. */
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    int whole = prefixLength / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != other[i]) {
        return false;
      }
    }
    int rest = prefixLength % 8;
    return rest == 0 || ((mine[whole] ^ other[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }
}
