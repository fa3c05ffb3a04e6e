package io.harborgateway.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Parses request heads: {@code method SP request-target SP HTTP-version CRLF}, then the fields. */
final class RequestHeadParser extends HeadParser<RequestHead> {
  private static final int MAX_METHOD = 32;

  private final int maxTargetBytes;

  /**
   * @param maxTargetBytes limit of the request target
   */
  RequestHeadParser(int maxHeadBytes, int maxTargetBytes) {
    super(new RequestHead(), maxHeadBytes);
    this.maxTargetBytes = maxTargetBytes;
  }

  @Override
  boolean mayBegin(byte octet) {
    return Octets.isToken(octet) || octet == Octets.CR;
  }

  @Override
  @Nullable Failure parseStartLine(ByteBuf in, int start) {
    int at = start;
    while (Octets.isToken(in.getByte(at))) {
      at++;
    }
    if (at == start || at - start > MAX_METHOD || in.getByte(at) != Octets.SP) {
      return Failure.BAD_REQUEST_LINE;
    }
    head.methodStart = start;
    head.methodEnd = at++;
    head.targetStart = at;
    head.pathStart = at; // until the rules for the target say otherwise
    while (Octets.isTarget(in.getByte(at))) {
      at++;
    }
    head.targetEnd = at;
    if (at - head.targetStart > maxTargetBytes) {
      return Failure.TARGET_TOO_LONG;
    }
    if (at == head.targetStart || in.getByte(at++) != Octets.SP) {
      return Failure.BAD_REQUEST_LINE;
    }
    return parseVersion(in, at);
  }

  private @Nullable Failure parseVersion(ByteBuf in, int at) {
    if (!head.matches(at, at + 5, "HTTP/")
        || !Octets.isDigit(in.getByte(at + 5))
        || in.getByte(at + 6) != '.'
        || !Octets.isDigit(in.getByte(at + 7))
        || in.getByte(at + 8) != Octets.CR
        || in.getByte(at + 9) != Octets.LF) {
      return Failure.BAD_REQUEST_LINE;
    }
    if (in.getByte(at + 5) != '1' || in.getByte(at + 7) > '1') {
      return head.methodIs("PRI") ? Failure.HTTP2_PREFACE : Failure.UNSUPPORTED_VERSION;
    }
    head.minorVersion = in.getByte(at + 7) - '0';
    head.fieldsStart = at + 10;
    return null;
  }

  @Override
  Failure malformedStartLine() {
    return Failure.BAD_REQUEST_LINE;
  }

  @Override
  Failure tooLarge(boolean withinStartLine) {
    return withinStartLine ? Failure.TARGET_TOO_LONG : Failure.HEAD_TOO_LARGE;
  }
}
