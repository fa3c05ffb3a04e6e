package io.harborgateway.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Parses request heads: {@code method SP request-target SP HTTP-version CRLF}, then the fields. */
public final class RequestHeadParser extends HeadParser<RequestHead> {
  private static final int MAX_METHOD = 32;

  private static final ByteBuf HEAD =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("HEAD ", StandardCharsets.US_ASCII));

  private final int maxTargetBytes;

  public RequestHeadParser(RequestHead head, HeadLimits limits) {
    super(head, limits);
    this.maxTargetBytes = limits.targetBytes();
  }

  /**
   * Skips empty lines before a request (RFC 9112 section 2.2). They do not begin one, nor does a CR
   * whose LF has not arrived. Only to be called between two heads.
   */
  @Override
  public boolean begins(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (end - at >= 2 && in.getByte(at) == Octets.CR && in.getByte(at + 1) == Octets.LF) {
      at += 2;
    }
    in.readerIndex(at);
    return end - at >= 2 || (end > at && in.getByte(at) != Octets.CR);
  }

  /** Returns whether the unparsed head at {@code in}'s reader index is that of a HEAD request. */
  public static boolean isOfHead(ByteBuf in) {
    return ByteBufUtil.equals(in, in.readerIndex(), HEAD, 0, HEAD.readableBytes());
  }

  @Override
  boolean mayBegin(byte octet) {
    return Octets.isToken(octet);
  }

  @Override
  @Nullable Failure parseStartLine(byte[] in) {
    int at = 0;
    while (Octets.isToken(in[at])) {
      at++;
    }
    if (at == 0 || at > MAX_METHOD || in[at] != Octets.SP) {
      return Failure.BAD_REQUEST_LINE;
    }
    head.methodStart = 0;
    head.methodEnd = at++;
    head.targetStart = at;
    head.pathStart = at; // may be changed by the rules for the target
    while (Octets.isTarget(in[at])) {
      at++;
    }
    head.targetEnd = at;
    if (at - head.targetStart > maxTargetBytes) {
      return Failure.TARGET_TOO_LONG;
    }
    if (at == head.targetStart || in[at++] != Octets.SP) {
      return Failure.BAD_REQUEST_LINE;
    }
    return parseVersion(in, at);
  }

  private @Nullable Failure parseVersion(byte[] in, int at) {
    if (!head.matches(at, at + 5, "HTTP/")
        || !Octets.isDigit(in[at + 5])
        || in[at + 6] != '.'
        || !Octets.isDigit(in[at + 7])
        || in[at + 8] != Octets.CR
        || in[at + 9] != Octets.LF) {
      return Failure.BAD_REQUEST_LINE;
    }
    if (in[at + 5] != '1' || in[at + 7] > '1') {
      return head.methodIs("PRI") ? Failure.HTTP2_PREFACE : Failure.UNSUPPORTED_VERSION;
    }
    head.minorVersion = in[at + 7] - '0';
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

  @Override
  Failure tooManyFields() {
    return Failure.TOO_MANY_FIELDS;
  }
}
