package io.harborgateway.http.head;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a request's target and fields, independent of how the front framed them.
 *
 * <p>{@link #check} rejects requests with an ambiguous host. {@link #edit} drops the hop-by-hop
 * fields (RFC 9110 section 7.6.1) and identifies the client: forwarded fields of a trusted proxy
 * are kept and appended to, those of anybody else are replaced.
 */
public final class RequestRules {
  /**
   * Longest Upgrade field that is passed on, in bytes; a server may ignore any (RFC 9110 section
   * 7.8). It is kept to compare the response with.
   */
  static final int MAX_UPGRADE = 256;

  private static final AsciiString CONNECTION = AsciiString.cached("Connection");
  private static final AsciiString UPGRADE = AsciiString.cached("Upgrade");
  private static final AsciiString X_FORWARDED_CLIENT_CERT =
      AsciiString.cached("X-Forwarded-Client-Cert");
  private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("X-Forwarded-For");
  private static final AsciiString X_FORWARDED_HOST = AsciiString.cached("X-Forwarded-Host");
  private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("X-Forwarded-Proto");
  private static final AsciiString X_REAL_IP = AsciiString.cached("X-Real-IP");

  private static final AsciiString HOST = AsciiString.cached("Host");
  private static final String[] SCHEMES = {"https://", "http://"};
  private static final int[] DEFAULT_PORTS = {443, 80};

  private final AsciiString scheme;
  private final ForwardedFor forwardedFor;
  private final @Nullable Via via;

  /**
   * @param scheme scheme of the listener: {@code http} or {@code https}
   * @param via null to add none
   */
  public RequestRules(String scheme, Predicate<InetAddress> trustedProxies, @Nullable Via via) {
    this.scheme = AsciiString.of(scheme);
    this.forwardedFor = new ForwardedFor(trustedProxies);
    this.via = via;
  }

  /**
   * Checks target and Host, and sets the head's host and path offsets. An HTTP/1.0 request may have
   * no host at all, which is then not set.
   */
  public static @Nullable Failure check(RequestHead head) {
    if (head.methodIs("CONNECT")) {
      return Failure.METHOD_NOT_ALLOWED;
    }
    Failure failure = checkHost(head);
    if (failure == null) {
      failure = checkTarget(head);
    }
    return failure == null ? checkFields(head) : failure;
  }

  private static @Nullable Failure checkHost(RequestHead head) {
    head.givenHost = null;
    head.hostStart = 0;
    head.hostEnd = 0;
    int line = head.indexOf(Field.HOST, 0);
    if (line < 0) {
      return head.minorVersion == 0 ? null : Failure.BAD_HOST;
    }
    boolean isHost =
        head.indexOf(Field.HOST, line + 1) < 0
            && setHost(head, head.valueStart(line), head.valueEnd(line));
    return isHost ? null : Failure.BAD_HOST;
  }

  /** Sets the head's host from {@code host [":" port]}; returns whether it is valid. */
  private static boolean setHost(RequestHead head, int start, int end) {
    int nameEnd = nameEnd(head.octets, start, end);
    if (nameEnd < 0) {
      return false;
    }
    head.hostStart = start;
    head.hostEnd = withoutDot(head.octets, start, nameEnd);
    return true;
  }

  private static int withoutDot(byte[] in, int start, int nameEnd) {
    return nameEnd - 1 > start && in[nameEnd - 1] == '.' ? nameEnd - 1 : nameEnd;
  }

  /** Accepts origin-form, {@code OPTIONS *}, and absolute-form whose authority matches Host. */
  private static @Nullable Failure checkTarget(RequestHead head) {
    head.pathStart = head.targetStart;
    if (head.octets[head.targetStart] == '/') {
      return null;
    }
    if (head.matches(head.targetStart, head.targetEnd, "*")) {
      return head.methodIs("OPTIONS") ? null : Failure.BAD_REQUEST_LINE;
    }
    for (int i = 0; i < SCHEMES.length; i++) {
      int authority = head.targetStart + SCHEMES[i].length();
      if (authority <= head.targetEnd && head.is(head.targetStart, authority, SCHEMES[i])) {
        return checkAuthority(head, authority, DEFAULT_PORTS[i]);
      }
    }
    return Failure.BAD_REQUEST_LINE;
  }

  /** Compares the authority with Host, ignoring a trailing dot and the scheme's default port. */
  private static @Nullable Failure checkAuthority(RequestHead head, int start, int defaultPort) {
    byte[] in = head.octets;
    int end = start;
    while (end < head.targetEnd && in[end] != '/' && in[end] != '?') {
      end++;
    }
    head.pathStart = end;
    if (!head.hasHost()) {
      head.givenHost = head.text(start, end);
      return setHost(head, start, end) ? null : Failure.BAD_HOST;
    }
    int nameEnd = nameEnd(in, start, end);
    int line = head.indexOf(Field.HOST, 0);
    int hostNameEnd = nameEnd(in, head.valueStart(line), head.valueEnd(line));
    return nameEnd >= 0
            && isSameName(in, start, withoutDot(in, start, nameEnd), head.hostStart, head.hostEnd)
            && port(in, nameEnd, end, defaultPort)
                == port(in, hostNameEnd, head.valueEnd(line), defaultPort)
        ? null
        : Failure.BAD_HOST;
  }

  private static boolean isSameName(byte[] in, int start, int end, int otherStart, int otherEnd) {
    if (end - start != otherEnd - otherStart) {
      return false;
    }
    for (int i = 0; i < end - start; i++) {
      if (Octets.lower(in[start + i]) != Octets.lower(in[otherStart + i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of {@code [":" *5DIGIT]}, or the default if there is none. */
  private static int port(byte[] in, int start, int end, int defaultPort) {
    int port = 0;
    for (int i = start + 1; i < end; i++) {
      port = port * 10 + in[i] - '0';
    }
    return end - start > 1 ? port : defaultPort;
  }

  /**
   * Returns the end of the host in {@code host [":" port]}, or -1 if it is malformed (RFC 9110
   * section 7.2): reg-name of letters, digits and {@code -._~}, or an IPv6 literal in brackets.
   */
  private static int nameEnd(byte[] in, int start, int end) {
    int at = start;
    if (at < end && in[at] == '[') {
      int close = at;
      while (close < end && in[close] != ']') {
        close++;
      }
      if (close == end || !NetUtil.isValidIpV6Address(text(in, at + 1, close))) {
        return -1;
      }
      at = close + 1;
    } else {
      while (at < end && isNameOctet(in[at])) {
        at++;
      }
    }
    int nameEnd = at;
    if (at < end && in[at] == ':') {
      at++;
      int digits = at;
      while (at < end && Octets.isDigit(in[at])) {
        at++;
      }
      if (at - digits > 5) {
        return -1;
      }
    }
    return nameEnd == start || at < end ? -1 : nameEnd;
  }

  private static boolean isNameOctet(byte octet) {
    return Octets.isDigit(octet)
        || (Octets.lower(octet) >= 'a' && Octets.lower(octet) <= 'z')
        || octet == '-'
        || octet == '.'
        || octet == '_'
        || octet == '~';
  }

  private static String text(byte[] in, int start, int end) {
    return new String(in, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Rejects Connection options that would remove the host or the framing: that is an attack. */
  private static @Nullable Failure checkFields(RequestHead head) {
    return head.connection.nominatesHost()
            || head.connection.nominatesFraming()
            || MaxForwards.of(head) == MaxForwards.MALFORMED
        ? Failure.BAD_FIELD
        : null;
  }

  /**
   * Returns the protocols of an upgrade that is passed on, or null: any except HTTP/2. Several
   * lines form one list (RFC 9110 section 5.3). Beyond {@link #MAX_UPGRADE} they are ignored.
   */
  public static @Nullable String upgradeAsked(RequestHead head, long bodyLength) {
    if (head.indexOf(Field.UPGRADE, 0) < 0
        || head.minorVersion == 0
        || bodyLength != BodyLength.NONE
        || !head.connection.upgrade()
        || head.lists(Field.UPGRADE, "h2c")) {
      return null;
    }
    StringBuilder protocols = head.list(Field.UPGRADE);
    return protocols == null || protocols.length() > MAX_UPGRADE ? null : protocols.toString();
  }

  /**
   * Fills {@code edits} for a request from {@code client}.
   *
   * @param forwardedClient result of {@link #forwardedClient}
   * @param upgrade result of {@link #upgradeAsked}
   */
  public void edit(
      RequestHead head,
      Client client,
      @Nullable String forwardedClient,
      @Nullable String upgrade,
      FieldEdits edits) {
    edits.reset(head);
    for (int i = 0; i < head.count(); i++) {
      Field field = head.field(i);
      if (field == null) {
        continue;
      }
      switch (field) {
        case CONNECTION,
            HTTP2_SETTINGS,
            KEEP_ALIVE,
            PROXY_AUTHENTICATE,
            PROXY_AUTHORIZATION,
            PROXY_CONNECTION,
            TE,
            UPGRADE,
            X_FORWARDED_FOR,
            X_REAL_IP ->
            edits.drop(i);
        case MAX_FORWARDS -> MaxForwards.lower(head, i, edits);
        case EXPECT -> dropIf(head.minorVersion == 0, i, edits);
        case X_FORWARDED_CLIENT_CERT -> dropIf(!client.keepsCertificateField(), i, edits);
        case FORWARDED, X_FORWARDED_HOST, X_FORWARDED_OTHER, X_FORWARDED_PROTO ->
            dropIf(!client.trusted(), i, edits);
        default -> {}
      }
    }
    head.connection.dropNominated(head, edits);
    FramingFields.edit(head, edits);
    if (head.givenHost != null) {
      edits.add(HOST, head.givenHost);
    }
    addForwarded(head, client, forwardedClient, edits);
    if (client.certificateField() != null) {
      edits.add(X_FORWARDED_CLIENT_CERT, client.certificateField());
    }
    if (via != null) {
      via.add(head, edits);
    }
    if (upgrade != null) {
      edits.add(CONNECTION, UPGRADE);
      edits.add(UPGRADE, upgrade);
    }
  }

  private void addForwarded(
      RequestHead head, Client client, @Nullable String forwardedClient, FieldEdits edits) {
    edits.add(
        X_FORWARDED_FOR,
        client.trusted() ? ForwardedFor.withPeer(head, client.address()) : client.address());
    edits.add(X_REAL_IP, forwardedClient == null ? client.address() : forwardedClient);
    if (!isKept(Field.X_FORWARDED_PROTO, head, edits)) {
      edits.add(X_FORWARDED_PROTO, scheme);
    }
    if (!isKept(Field.X_FORWARDED_HOST, head, edits)) {
      String host = head.givenHost == null ? head.value(Field.HOST) : head.givenHost;
      edits.add(X_FORWARDED_HOST, String.valueOf(host));
    }
  }

  /**
   * Returns the original sender's address from the forwarded fields of a trusted {@code client}, or
   * null if it is the client itself. To be called once per request.
   */
  public @Nullable String forwardedClient(RequestHead head, Client client) {
    return client.trusted() ? forwardedFor.client(head) : null;
  }

  private static boolean isKept(Field field, RequestHead head, FieldEdits edits) {
    int line = head.indexOf(field, 0);
    return line >= 0 && !edits.isDropped(line);
  }

  private static void dropIf(boolean drop, int line, FieldEdits edits) {
    if (drop) {
      edits.drop(line);
    }
  }
}
