package io.harborgateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange, as the exchange sees it: HTTP/1.1 now, a stream of HTTP/2
 * later. All calls are on the event loop of the exchange.
 */
interface Front {
  /** The connection that carries this side. */
  Channel channel();

  /** Tells whether a chunked body is handed on with its chunk framing. */
  boolean keepsChunks();

  /** More of the request is wanted: the upstream connection is there, or is writable again. */
  void resumeRequest();

  /** Writes a 1xx response other than 101. The head is a view that ends with the call. */
  void informational(ResponseHead head);

  /**
   * Writes the head of the final response.
   *
   * @param framing a length or a constant of {@link Framing}
   * @param requestDone whether the request was received whole; if not, the connection must end
   */
  void respond(ResponseHead head, long framing, boolean requestDone);

  /** Writes a piece of the response's body, which this side then owns. */
  void writeBody(ByteBuf data);

  void flush();

  /** The response is complete; the exchange is over. */
  void completed();

  /**
   * The exchange has failed and is over.
   *
   * @param responseStarted whether the client has got a head already, and can only be cut off
   * @param requestDone whether the request was received whole
   */
  void failed(Failure failure, boolean responseStarted, boolean requestDone);

  /**
   * The upstream has accepted the upgrade: both connections now belong to a tunnel.
   *
   * @param early bytes of the tunnel that came with the head, owned by this side, or null
   */
  void tunnel(ResponseHead head, Channel upstream, @Nullable ByteBuf early);
}
