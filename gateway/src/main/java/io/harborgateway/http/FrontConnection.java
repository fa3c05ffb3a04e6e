package io.harborgateway.http;

import io.harborgateway.http.head.Client;
import io.harborgateway.route.Instance;
import io.harborgateway.transport.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a client's connection share.
 *
 * @param terms that it was accepted under
 * @param certificateOf the instance whose certificate it has; null without TLS
 * @param context of its handler
 * @param loop what the connections of its event loop share
 * @param deadline its only one, of what is awaited now
 */
record FrontConnection(
    HttpService service,
    Terms terms,
    @Nullable Instance certificateOf,
    ChannelHandlerContext context,
    HttpService.Loop loop,
    Client client,
    Deadline deadline) {
  Channel channel() {
    return context.channel();
  }

  /** For the assertions of what may be called on its event loop only. */
  boolean inEventLoop() {
    return context.executor().inEventLoop();
  }

  HttpService.Settings settings() {
    return terms.settings;
  }

  /** Whether the bodies of its requests are to come at a least rate. */
  boolean hasLeastRate() {
    return settings().leastBodyRate() > 0 && !client.trusted();
  }
}
