package io.harborgateway.http.head;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * The peer of a front connection.
 *
 * @param address as text, IPv6 without brackets
 * @param trusted whether it is a proxy whose forwarded fields are trusted
 */
public record Client(AsciiString address, boolean trusted) {
  /** A peer without an address, as in tests. */
  public static final Client UNKNOWN = new Client(AsciiString.cached("unknown"), false);

  public static Client of(InetAddress address, Predicate<InetAddress> trustedProxies) {
    return new Client(
        AsciiString.of(NetUtil.toAddressString(address)), trustedProxies.test(address));
  }
}
