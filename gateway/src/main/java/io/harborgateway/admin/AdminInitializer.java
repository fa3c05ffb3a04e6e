package io.harborgateway.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Builds the pipeline of an admin connection, top to bottom. Closes connections beyond the bound.
 */
@ChannelHandler.Sharable
final class AdminInitializer extends ChannelInitializer<Channel> {
  /**
   * Per listener: enough for operators, health checks and one or two monitoring systems, with their
   * retries.
   */
  static final int MAX_CONNECTIONS = 64;

  static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  static final int MAX_LINE_BYTES = 4096;
  static final int MAX_HEAD_BYTES = 8 * 1024;
  private static final int IDLE_SECONDS = 60;

  /** No admin request has a body; a small one sent anyway is read to its end. */
  private static final int MAX_BODY_BYTES = 8 * 1024;

  private final AdminResources resources;
  private final AdminRules rules;
  private final Executor workers;
  private final AdminConnections connections;

  /**
   * @param connections connections of the listener, to which this adds
   */
  AdminInitializer(
      AdminResources resources, AdminRules rules, Executor workers, AdminConnections connections) {
    this.resources = resources;
    this.rules = rules;
    this.workers = workers;
    this.connections = connections;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (!connections.admit(channel)) {
      channel.close();
      return;
    }
    var deadline = new RequestDeadline(REQUEST_LIMIT);
    boolean local =
        channel instanceof NioDomainSocketChannel || channel instanceof DomainSocketChannel;
    channel
        .pipeline()
        .addLast("idle", new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS))
        .addLast("request-deadline", deadline)
        .addLast("codec", new HttpServerCodec(MAX_LINE_BYTES, MAX_HEAD_BYTES, MAX_BODY_BYTES))
        .addLast("keep-alive", new HttpServerKeepAliveHandler())
        .addLast("aggregator", new HttpObjectAggregator(MAX_BODY_BYTES))
        .addLast("one-by-one", new FlowControlHandler())
        .addLast(
            "admin", new AdminHandler(resources, rules, local, deadline, connections, workers));
  }
}
