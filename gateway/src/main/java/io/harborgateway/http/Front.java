package io.harborgateway.http;

import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.ResponseHead;
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

  /** Returns whether a chunked body is passed on with its chunk framing. */
  boolean keepsChunks();

  /** More of the request is wanted: the upstream is connected, or writable again. */
  void resumeRequest();

  /**
   * Writes a 1xx response other than 101. The head is a view that is valid only during the call.
   */
  void informational(ResponseHead head);

  /**
   * Writes the head of the final response.
   *
   * @param bodyLength a value of {@link BodyLength}
   */
  void respond(ResponseHead head, long bodyLength);

  /** Writes a piece of the response's body and takes ownership of it. */
  void writeBody(ByteBuf data);

  void flush();

  /** The response is complete; the exchange is over. */
  void completed();

  /**
   * Returns whether this failure, before a response, is best answered with silence: closing the
   * connection, upon which a router in front tries another node.
   */
  boolean isLeftToRouter(Failure failure);

  /**
   * The exchange has failed and is over.
   *
   * @param answer what the client sees of the failure
   */
  void failed(Failure failure, Answer answer);

  /** What a client sees of a failure. */
  enum Answer {
    /** A response. */
    RESPONSE,
    /** The end of the connection, without any response. */
    SILENCE,
    /** The end of the connection within the response already begun. */
    CUT
  }

  /**
   * The upstream has accepted the upgrade: both connections now belong to a tunnel.
   *
   * @param early bytes of the tunnel that arrived with the head, now owned by this side, or null
   */
  void tunnel(ResponseHead head, Channel upstream, @Nullable ByteBuf early);
}
