package io.harborgateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/**
 * The gateway's own answer to OPTIONS, given where Max-Forwards does not let the request go any
 * further: the methods that it forwards.
 */
final class OptionsResponse {
  /** The methods that a registry and its portal use. */
  static final String ALLOW = "\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

  private OptionsResponse() {}

  /** Returns the whole response, which the caller releases. */
  static ByteBuf of(RequestRecord facts, String date, boolean close, ByteBufAllocator allocator) {
    return ByteBufUtil.writeAscii(
        allocator,
        "HTTP/1.1 200 OK\r\nDate: "
            + date
            + ALLOW
            + "\r\nContent-Length: 0"
            + facts.connectionField(close)
            + "\r\n\r\n");
  }
}
