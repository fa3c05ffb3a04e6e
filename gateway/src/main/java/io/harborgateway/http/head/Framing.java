package io.harborgateway.http.head;

import java.util.HashSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the body after a head is delimited, derived once by the rules of RFC 9112 section 6. Confined
 * to one event loop, and reused for one message after the other.
 */
public final class Framing {
  private static final int MAX_DIGITS = 18;

  private long bodyLength;
  private boolean contradicted;
  private @Nullable Failure failure;

  /** A value of {@link BodyLength}. */
  public long bodyLength() {
    return bodyLength;
  }

  boolean isChunked() {
    return bodyLength == BodyLength.CHUNKED;
  }

  /**
   * Returns whether a response that by its status ends with its head has fields that describe a
   * body: its sender may send one.
   */
  public boolean isContradicted() {
    return contradicted;
  }

  /** Returns why the head has no valid framing, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** Derives the framing of a request; returns whether it is valid. */
  public boolean ofRequest(RequestHead head) {
    return derive(head, BodyLength.NONE);
  }

  /**
   * Derives the framing of a response; returns whether it is valid.
   *
   * @param toHead whether the request was a HEAD
   * @param upgradeAsked the value of the Upgrade field that was sent upstream, or null
   */
  public boolean ofResponse(ResponseHead head, boolean toHead, @Nullable String upgradeAsked) {
    contradicted = false;
    if (head.endsByStatus()) {
      contradicted = !derive(head, BodyLength.NONE) || bodyLength != BodyLength.NONE;
      boolean switches = head.status == 101;
      bodyLength = switches ? BodyLength.TUNNEL : BodyLength.NONE;
      failure =
          switches && !switchesAsAsked(head, upgradeAsked) ? Failure.UPSTREAM_BAD_RESPONSE : null;
    } else if (!derive(head, BodyLength.UNTIL_CLOSE) || head.connection.nominatesFraming()) {
      failure = Failure.UPSTREAM_BAD_RESPONSE;
    } else if (toHead || head.status == 304) {
      bodyLength = BodyLength.NONE;
    }
    return failure == null;
  }

  /**
   * Returns whether all protocols named by a 101 were requested (RFC 9110 section 7.8): the client
   * would misinterpret the bytes of any other.
   */
  private static boolean switchesAsAsked(ResponseHead head, @Nullable String asked) {
    var protocols = new HashSet<String>();
    if (asked != null) {
      for (String each : asked.split(",", -1)) {
        protocols.add(each.strip().toLowerCase(Locale.ROOT));
      }
    }
    int named = 0;
    for (int i = head.indexOf(Field.UPGRADE, 0); i >= 0; i = head.indexOf(Field.UPGRADE, i + 1)) {
      var chosen = new ListElements(head.octets, head.valueStart(i), head.valueEnd(i));
      while (chosen.next()) {
        named++;
        String protocol = head.text(chosen.start(), chosen.end()).toLowerCase(Locale.ROOT);
        if (!protocols.contains(protocol)) {
          return false;
        }
      }
    }
    return named > 0 && head.minorVersion == 1;
  }

  private boolean derive(Head head, long withoutFields) {
    failure = null;
    bodyLength = withoutFields;
    int coding = head.indexOf(Field.TRANSFER_ENCODING, 0);
    int contentLength = head.indexOf(Field.CONTENT_LENGTH, 0);
    if (coding >= 0) {
      failure = transferCoding(head, coding);
      if (contentLength >= 0 || head.minorVersion == 0) {
        failure = Failure.BAD_FRAMING;
      }
      bodyLength = BodyLength.CHUNKED;
    } else if (contentLength >= 0) {
      bodyLength = contentLength(head, contentLength);
      if (bodyLength < 0 || head.indexOf(Field.CONTENT_LENGTH, contentLength + 1) >= 0) {
        failure = Failure.BAD_FRAMING;
      }
    }
    return failure == null;
  }

  private static @Nullable Failure transferCoding(Head head, int line) {
    if (head.indexOf(Field.TRANSFER_ENCODING, line + 1) >= 0) {
      return Failure.BAD_FRAMING;
    }
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    if (head.is(start, end, "chunked")) {
      return null;
    }
    // Another coding before a final "chunked" is well-formed, but not supported here.
    var elements = new ListElements(head.octets, start, end);
    boolean chunkedIsLast = false;
    int chunked = 0;
    while (elements.next()) {
      chunkedIsLast = head.is(elements.start(), elements.end(), "chunked");
      chunked += chunkedIsLast ? 1 : 0;
    }
    return chunkedIsLast && chunked == 1
        ? Failure.UNSUPPORTED_TRANSFER_CODING
        : Failure.BAD_FRAMING;
  }

  private static long contentLength(Head head, int line) {
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    if (start == end || end - start > MAX_DIGITS) {
      return -1;
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      byte digit = head.octets[i];
      if (!Octets.isDigit(digit)) {
        return -1;
      }
      value = value * 10 + digit - '0';
    }
    return value;
  }
}
