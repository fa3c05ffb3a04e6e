package io.harborgateway.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * {@link Slice.Kind#FIRST}: one connection after the other, until one is answered. Refused and
 * broken ones are what is expected of a proxy that starts.
 */
final class FirstLoad extends Load {
  private static final long PAUSE_MICROS = 500;

  private final EventLoop loop;
  private long answeredAt;

  FirstLoad(Slice slice, Dialer dialer, EventLoop loop) {
    super(slice, dialer);
    this.loop = loop;
  }

  @Override
  void start() {
    attempt();
  }

  private void attempt() {
    if (isStopped() || answeredAt != 0) {
      return;
    }
    dial(
        "",
        Attempt::new,
        dialled -> {
          if (!dialled.isSuccess()) {
            loop.schedule(this::attempt, PAUSE_MICROS, TimeUnit.MICROSECONDS);
          }
        });
  }

  @Override
  boolean isDone() {
    return answeredAt != 0;
  }

  @Override
  long answer() {
    return answeredAt;
  }

  /** An exchange whose end may be any; a wrong answer still fails the load. */
  private final class Attempt extends ExchangeHandler {
    private boolean sent;

    Attempt(ByteBuf request) {
      super(FirstLoad.this, connection -> connection.send(System.nanoTime()), request);
    }

    @Override
    void send(long intended) {
      if (sent) {
        answeredAt = System.nanoTime();
      } else {
        sent = true;
        super.send(intended);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      attempt();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
