package io.harborgateway.http;

import io.harborgateway.http.head.FieldEdits;
import io.harborgateway.http.head.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of an {@link Exchange}, as the exchange sees it: one request and its
 * response, on a connection that is found or made for it. It tells the exchange what comes of it.
 * All calls are on the event loop of the exchange.
 */
interface UpstreamStream {
  /**
   * Takes the head of the request; before anything else. The head is a view that ends with the
   * call.
   */
  void sendHead(RequestHead head, FieldEdits edits);

  /** Begins to send: what was handed over so far, and then what comes. */
  void start();

  /** Takes a piece of the request's body, which this then owns. */
  void write(ByteBuf data);

  /** The request is complete. */
  void end();

  void flush();

  /** More of the response is wanted. */
  void read();

  /** Ends it at once, and its connection; the exchange hears nothing more. */
  void abort();

  /** The connection that carries it; null until there is one. */
  @Nullable Channel channel();

  /** Whether there is a connection, and it takes more of the request. */
  boolean isWritable();

  /**
   * It takes longer than usual: has the upstream checked, if it has answered nobody else either.
   */
  void isSlow();

  /** Number of bytes, about, that wait on this side of the exchange. */
  long heldBytes();
}
