package io.harborgateway.http.head;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * X-Forwarded-For of a trusted proxy: its lines form one list, in which empty elements are ignored
 * (RFC 9110 sections 5.3 and 5.6.1.2).
 */
final class ForwardedFor {
  /**
   * Limit of an address element in characters: an IPv6 address with an IPv4 part has 45, and a zone
   * and a port may follow. It is kept as long as its request, so it is bounded.
   */
  static final int MAX_HOP = 80;

  private final Predicate<InetAddress> trustedProxies;

  ForwardedFor(Predicate<InetAddress> trustedProxies) {
    this.trustedProxies = trustedProxies;
  }

  /**
   * Returns the last address in the list that is not a trusted proxy, the first if all are, or null
   * if the last element is not an address. Anything before an element that is not an address is not
   * trusted.
   */
  @Nullable String client(RequestHead head) {
    String client = null;
    for (int line = head.count() - 1; line >= 0; line--) {
      if (head.field(line) != Field.X_FORWARDED_FOR) {
        continue;
      }
      int start = head.valueStart(line);
      int end = head.valueEnd(line);
      while (end > start) {
        int hopStart = end;
        while (hopStart > start && head.octets[hopStart - 1] != ',') {
          hopStart--;
        }
        String hop = head.text(hopStart, end).strip();
        end = hopStart - 1;
        if (hop.isEmpty()) {
          continue;
        }
        String host = withoutPort(hop);
        byte[] address =
            host.length() > MAX_HOP ? null : NetUtil.createByteArrayFromIpAddressString(host);
        if (address == null) {
          return client;
        }
        client = host;
        if (!isTrusted(address)) {
          return client;
        }
      }
    }
    return client;
  }

  /** Returns the list with {@code peer} appended. */
  static CharSequence withPeer(RequestHead head, CharSequence peer) {
    StringBuilder list = head.list(Field.X_FORWARDED_FOR);
    return list == null ? peer : list.append(", ").append(peer);
  }

  /**
   * Returns the address in {@code 203.0.113.9:4711} or {@code [2001:db8::1]:4711}, as load
   * balancers write them; anything else unchanged.
   */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      int close = hop.indexOf(']');
      return close > 0 && isPort(hop, close + 1) ? hop.substring(1, close) : hop;
    }
    int colon = hop.indexOf(':');
    return colon > 0 && isPort(hop, colon) ? hop.substring(0, colon) : hop;
  }

  /** Returns whether the rest from {@code at} is empty, or a colon and up to five digits. */
  private static boolean isPort(String hop, int at) {
    int length = hop.length() - at;
    if (length == 0) {
      return true;
    }
    if (hop.charAt(at) != ':' || length < 2 || length > 6) {
      return false;
    }
    for (int i = at + 1; i < hop.length(); i++) {
      if (hop.charAt(i) < '0' || hop.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private boolean isTrusted(byte[] address) {
    try {
      return trustedProxies.test(InetAddress.getByAddress(address));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address of a length other than 4 or 16", e);
    }
  }
}
