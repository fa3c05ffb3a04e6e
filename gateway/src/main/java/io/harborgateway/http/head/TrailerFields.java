package io.harborgateway.http.head;

import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which fields may be trailers. RFC 9110 section 6.5.1 allows only fields whose definition
 * permits it; RFC 7230 section 4.1.2 names the categories that are never allowed. These are dropped
 * from trailer sections in both directions, because a recipient that merges trailers into the head
 * would act on them after everyone before it has decided by the head alone. Fields not listed pass:
 * digests, {@code ETag}, {@code Server-Timing}, {@code grpc-status}, private ones.
 */
public final class TrailerFields {
  private static final AsciiString TRAILER = AsciiString.cached("Trailer");

  private static final Set<String> FORBIDDEN =
      Set.of(
          // message framing
          "content-length",
          "transfer-encoding",
          "trailer",
          // this connection only (RFC 9110 section 7.6.1)
          "close",
          "connection",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "upgrade",
          // routing, and a router's statements about client and request
          "forwarded",
          "host",
          "via",
          "x-real-ip",
          "x-request-id",
          "x-vcap-request-id",
          // authentication, cookies included (RFC 6265)
          "authorization",
          "cookie",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "set-cookie",
          "www-authenticate",
          // request modifiers: controls and conditions
          "cache-control",
          "expect",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "max-forwards",
          "pragma",
          "range",
          "x-http-method-override",
          // response control data
          "age",
          "date",
          "expires",
          "location",
          "retry-after",
          "vary",
          "warning",
          // processing of the content
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-location",
          "content-range",
          "content-type");

  private TrailerFields() {}

  /**
   * @param name in lower case
   */
  static boolean mayBeTrailer(String name) {
    return !FORBIDDEN.contains(name) && !name.replace('_', '-').startsWith("x-forwarded-");
  }

  /**
   * Keeps line {@code line}, a Trailer field, accurate: it announces only what is passed on, and is
   * dropped if the body is not chunked, so that no trailers can follow.
   */
  static void editAnnouncement(Head head, int line, FieldEdits edits) {
    if (head.indexOf(Field.TRANSFER_ENCODING, 0) < 0) {
      edits.drop(line);
      return;
    }
    var kept = new StringBuilder();
    boolean allKept = true;
    var names = new ListElements(head.octets, head.valueStart(line), head.valueEnd(line));
    while (names.next()) {
      String name = head.text(names.start(), names.end());
      boolean keep =
          mayBeTrailer(name.toLowerCase(Locale.ROOT))
              && !head.connection.nominates(head, names.start(), names.end());
      allKept &= keep;
      if (keep) {
        kept.append(kept.isEmpty() ? "" : ", ").append(name);
      }
    }
    if (!allKept) {
      edits.drop(line);
      if (!kept.isEmpty()) {
        edits.add(TRAILER, kept);
      }
    }
  }
}
