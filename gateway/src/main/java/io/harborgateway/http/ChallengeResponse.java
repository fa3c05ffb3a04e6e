package io.harborgateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/** The gateway's own answer with one of the {@link ChallengeFiles}. */
final class ChallengeResponse {
  private ChallengeResponse() {}

  /** Returns the whole response, which the caller releases. */
  static ByteBuf of(
      String content, RequestRecord facts, String date, boolean close, ByteBufAllocator allocator) {
    return ByteBufUtil.writeAscii(
        allocator,
        "HTTP/1.1 200 OK\r\nDate: "
            + date
            + "\r\nContent-Type: application/octet-stream\r\nContent-Length: "
            + content.length()
            + "\r\nCache-Control: no-store"
            + facts.connectionField(close)
            + "\r\n\r\n"
            + (facts.toHead ? "" : content));
  }
}
