package io.harborgateway.upstream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One check of an upstream, on a connection of its own: dial, TLS if it speaks TLS, and a GET if
 * one is configured. Confined to its event loop.
 */
final class Probe implements Connector.Listener {
  /**
   * What is asked for.
   *
   * @param path the request target
   * @param host the Host field
   * @param statuses of an upstream that works
   */
  record Get(String path, String host, Set<Integer> statuses) {}

  /** Told once, on the event loop. */
  interface Listener {
    /**
     * The check has ended.
     *
     * @param reason why it failed, or empty
     */
    void done(Result result, String reason);
  }

  enum Result {
    SUCCEEDED,
    FAILED,
    /** Nobody listens there. */
    REFUSED,
    /** This process is out of descriptors, which says nothing of the upstream. */
    UNKNOWN
  }

  private final @Nullable Get get;
  private final Listener listener;
  private final Future<?> timeout;
  private @Nullable Channel channel;
  private boolean done;

  private Probe(EventLoop loop, @Nullable Get get, Duration limit, Listener listener) {
    this.get = get;
    this.listener = listener;
    this.timeout =
        loop.schedule(
            () -> done(Result.FAILED, "no answer within " + limit.toMillis() + " ms"),
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /**
   * Begins a check.
   *
   * @param loop the caller's
   * @param get null: a connection is enough
   * @param limit of the whole check
   */
  static void start(
      EventLoop loop,
      Connector connector,
      Upstream upstream,
      @Nullable Get get,
      Duration limit,
      Listener listener) {
    connector.dial(loop, upstream, false, new Probe(loop, get, limit, listener));
  }

  @Override
  public void dialled(Channel dialled) {
    channel = dialled;
    if (done || get == null) {
      done(Result.SUCCEEDED, "");
      dialled.close();
      return;
    }
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, get.path(), Unpooled.EMPTY_BUFFER);
    request
        .headers()
        .set(HttpHeaderNames.HOST, get.host())
        .set(HttpHeaderNames.USER_AGENT, "harbor-gateway-check")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    dialled.config().setAutoClose(true);
    dialled.pipeline().addLast(new HttpClientCodec(), new Answer());
    dialled.writeAndFlush(request);
    dialled.config().setAutoRead(true);
  }

  @Override
  public void dialFailed(DialFailure failure, Throwable cause) {
    Result result =
        switch (failure) {
          case REFUSED -> DialFailure.isRefusal(cause) ? Result.REFUSED : Result.FAILED;
          case RESOURCES -> Result.UNKNOWN;
          case TIMEOUT, TLS -> Result.FAILED;
        };
    done(result, String.valueOf(cause.getMessage()));
  }

  private void answered(Get asked, HttpResponse response) {
    if (response.decoderResult().isFailure()) {
      done(Result.FAILED, "GET " + asked.path() + ": no HTTP response");
      return;
    }
    int status = response.status().code();
    if (asked.statuses().contains(status)) {
      done(Result.SUCCEEDED, "");
    } else {
      done(Result.FAILED, "GET " + asked.path() + ": " + status);
    }
  }

  private void done(Result result, String reason) {
    if (done) {
      return;
    }
    done = true;
    timeout.cancel(false);
    if (channel != null) {
      channel.close();
    }
    listener.done(result, reason);
  }

  private final class Answer extends SimpleChannelInboundHandler<HttpObject> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (get != null && message instanceof HttpResponse response) {
        answered(get, response);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      done(Result.FAILED, "closed without an answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      done(Result.FAILED, String.valueOf(cause.getMessage()));
      ctx.close();
    }
  }
}
