package io.harborgateway.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The pipeline of an admin connection, top to bottom. */
final class AdminInitializer extends ChannelInitializer<Channel> {
  private static final int IDLE_SECONDS = 60;

  /** No admin request has a body; a client that sends a small one anyway is read to its end. */
  private static final int MAX_BODY_BYTES = 8 * 1024;

  private final AdminResources resources;
  private final Executor workers;

  AdminInitializer(AdminResources resources, Executor workers) {
    this.resources = resources;
    this.workers = workers;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast("idle", new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS))
        .addLast("codec", new HttpServerCodec())
        .addLast("keep-alive", new HttpServerKeepAliveHandler())
        .addLast("aggregator", new HttpObjectAggregator(MAX_BODY_BYTES))
        .addLast("one-by-one", new FlowControlHandler())
        .addLast("admin", new AdminHandler(resources, workers));
  }
}
