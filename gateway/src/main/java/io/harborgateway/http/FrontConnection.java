package io.harborgateway.http;

import io.harborgateway.http.head.Client;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Deadline;
import io.harborgateway.transport.NegotiatedTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * State shared by the parts of a client's connection.
 *
 * @param terms the terms it was accepted under
 * @param certificateOf the instance whose certificate was presented; null without TLS
 * @param tls what its handshake has agreed on; null without TLS
 * @param context context of its handler
 * @param loop state shared by the connections of its event loop
 * @param certificate subject of the client's verified certificate, or null
 * @param deadline its only deadline, for whatever it currently waits for
 */
record FrontConnection(
    HttpService service,
    Terms terms,
    @Nullable Instance certificateOf,
    @Nullable NegotiatedTls tls,
    ChannelHandlerContext context,
    HttpService.Loop loop,
    Client client,
    @Nullable String certificate,
    Deadline deadline) {
  Channel channel() {
    return context.channel();
  }

  /** For assertions in methods that may only be called on its event loop. */
  boolean inEventLoop() {
    return context.executor().inEventLoop();
  }

  HttpService.Settings settings() {
    return terms.settings;
  }

  /** Whether its request bodies must arrive at a least rate. */
  boolean hasLeastRate() {
    return settings().leastBodyRate() > 0 && !client.trusted();
  }
}
