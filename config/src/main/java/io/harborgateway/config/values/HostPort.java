package io.harborgateway.config.values;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and port to connect to. Keeps the name as given; nothing is resolved here.
 *
 * @param host a DNS name, possibly with underscores, an IPv4 address, or an IPv6 address without
 *     brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
  public static final String EXPECTED =
      "host:port, such as 172.18.0.10:443, nginx:443 or [fd00::10]:443";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<v6>[^\\]]+)]|(?<host>[^:]+)):(?<port>[1-9][0-9]{0,4})");

  /** Throws {@link IllegalArgumentException} if the host or port is not as described above. */
  public HostPort {
    if (port < 1 || port > 65535) {
      throw IllegalValueException.of(host + ":" + port, EXPECTED);
    }
    if (IpLiteral.parse(host) == null) {
      host = new PeerName(host).value();
    }
  }

  /** Throws {@link IllegalArgumentException} if {@code text} is not {@code host:port}. */
  public static HostPort of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    String v6 = form.group("v6");
    String host = v6 == null ? form.group("host") : v6;
    if (v6 != null && (!v6.contains(":") || IpLiteral.parse(v6) == null)) {
      throw IllegalValueException.of(text, EXPECTED);
    }
    try {
      return new HostPort(host, Integer.parseInt(form.group("port")));
    } catch (IllegalValueException e) {
      throw IllegalValueException.of(text, EXPECTED); // names the whole text, not just a part
    }
  }

  /** The form that {@link #of} reads: an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
