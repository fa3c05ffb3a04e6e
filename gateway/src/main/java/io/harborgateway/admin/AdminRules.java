package io.harborgateway.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests the admin endpoint accepts as coming from an operator. It has no password:
 * its protection is that only the node itself can reach it. But a browser on the node, or at the
 * end of a tunnel, can reach it too, and does what any web page tells it to. Hence:
 *
 * <ul>
 *   <li>{@code Host} must be an IP address, localhost or a configured name: a page whose own name
 *       was made to resolve to the node (DNS rebinding) sends a different one. Not required on a
 *       unix socket, which no browser can reach.
 *   <li>The version must be one for which the above is known to hold: HTTP/1.1, or HTTP/1.0, which
 *       may lack {@code Host} unless it requests an action.
 *   <li>A browser's cross-site request is recognized by {@code Origin} or {@code Sec-Fetch-Site}.
 *   <li>An action must have the field {@link #ACTION_FIELD}, which no form can send, and another
 *       site's script only if this endpoint allowed it (it answers no preflight).
 * </ul>
 */
final class AdminRules {
  static final String ACTION_FIELD = "X-Harbor-Gateway";

  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
  private static final int MISDIRECTED = 421;

  /** RFC 9110 section 7.2; stricter than parsers that would accept other text as a port or name. */
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:@/?#\\\\]+)(:[0-9]{0,5})?");

  private final Set<String> hosts;

  /**
   * @param hosts names that {@code Host} may have besides addresses and localhost
   */
  AdminRules(Collection<String> hosts) {
    this.hosts = new TreeSet<>(hosts.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
  }

  /**
   * Returns the answer that refuses a request, or null to accept it.
   *
   * @param local whether it came in on the unix socket
   * @param action whether it requests an action
   */
  @Nullable AdminResponse refusal(HttpRequest request, boolean local, boolean action) {
    HttpVersion version = request.protocolVersion();
    boolean isCurrent = version.equals(HttpVersion.HTTP_1_1);
    if (!isCurrent && !version.equals(HttpVersion.HTTP_1_0)) {
      return AdminResponse.text(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED,
          "version: %s (expected: HTTP/1.1 or HTTP/1.0)".formatted(printable(version.text())));
    }
    HttpHeaders fields = request.headers();
    List<String> names = fields.getAll(HttpHeaderNames.HOST);
    if (names.size() > 1 || (names.isEmpty() && (isCurrent || action))) {
      return AdminResponse.text(
          HttpResponseStatus.BAD_REQUEST,
          "Host: %d times (expected: once)".formatted(names.size()));
    }
    String host = names.isEmpty() ? null : names.getFirst();
    if (host != null && !local && !isKnown(host)) {
      return AdminResponse.text(
          HttpResponseStatus.valueOf(MISDIRECTED),
          "Host: \"%s\" (expected: an IP address, localhost, or one of admin.hosts)"
              .formatted(printable(host)));
    }
    for (String origin : fields.getAll(HttpHeaderNames.ORIGIN)) {
      if (host == null || !origin.equalsIgnoreCase("http://" + host)) {
        return forbidden(
            "Origin: \"%s\" (expected: none, or that of this endpoint)"
                .formatted(printable(origin)));
      }
    }
    for (String site : fields.getAll("Sec-Fetch-Site")) {
      if (!OWN_SITE.contains(site.toLowerCase(Locale.ROOT))) {
        return forbidden(
            "Sec-Fetch-Site: \"%s\" (expected: none, or one of %s)"
                .formatted(printable(site), String.join(", ", new TreeSet<>(OWN_SITE))));
      }
    }
    if (action && !fields.contains(ACTION_FIELD)) {
      return forbidden(
          "no field %s (expected: with any value, such as: curl -X POST -H '%s: drain' …)"
              .formatted(ACTION_FIELD, ACTION_FIELD));
    }
    return null;
  }

  private static AdminResponse forbidden(String reason) {
    return AdminResponse.text(HttpResponseStatus.FORBIDDEN, reason);
  }

  /** Accepts the name with or without a port and a trailing dot. */
  private boolean isKnown(String host) {
    Matcher parts = HOST.matcher(host);
    if (!parts.matches()) {
      return false;
    }
    String name = parts.group("name").toLowerCase(Locale.ROOT);
    if (name.startsWith("[")) {
      return NetUtil.isValidIpV6Address(name);
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return NetUtil.isValidIpV4Address(name) || name.equals("localhost") || hosts.contains(name);
  }

  /** Makes a client's text safe for a terminal. */
  private static String printable(String text) {
    var shown = new StringBuilder();
    text.chars().limit(100).forEach(c -> shown.append(c < ' ' || c > '~' ? '?' : (char) c));
    return shown.toString();
  }
}
