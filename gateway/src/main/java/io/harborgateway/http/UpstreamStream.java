package io.harborgateway.http;

import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of an {@link Exchange}, as the exchange sees it: one request and its
 * response, on a pooled or new connection. It reports the outcome to the exchange. All calls are on
 * the event loop of the exchange.
 */
interface UpstreamStream {
  /**
   * Accepts the head of the request; must be called first. The head is a view that is valid only
   * during the call.
   */
  void sendHead(RequestHead head, FieldEdits edits);

  /** Begins to send what was passed so far, and then what follows. */
  void start();

  /** Accepts a piece of the request's body and takes ownership of it. */
  void write(ByteBuf data);

  /** The request is complete. */
  void end();

  void flush();

  /** More of the response is wanted. */
  void read();

  /** Aborts at once, closing the connection; the exchange gets no further calls. */
  void abort();

  /** The connection that carries it; null until there is one. */
  @Nullable Channel channel();

  /** Whether there is a connection that accepts more of the request. */
  boolean isWritable();

  /**
   * The exchange is taking longer than usual: triggers a check of the upstream unless it has
   * answered someone else.
   */
  void isSlow();

  /** Approximate number of bytes waiting on this side of the exchange. */
  long heldBytes();
}
