package io.harborgateway.benchmarks.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;

/**
 * A connection of one handshake: when it is done, the client says that it is at its end, and waits
 * for the proxy to close. So the proxy has seen the whole handshake of each connection that counts.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
  private final ConnectionLoad load;
  private boolean done;

  HandshakeHandler(ConnectionLoad load) {
    this.load = load;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent completion)) {
      return;
    }
    if (!completion.isSuccess()) {
      load.fail(completion.cause());
      return;
    }
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    checkSession((ReferenceCountedOpenSslEngine) tls.engine());
    done = true;
    tls.closeOutbound().addListener(sent -> ((DuplexChannel) ctx.channel()).shutdownOutput());
  }

  private void checkSession(ReferenceCountedOpenSslEngine engine) {
    ClientTls.check(load, engine.getSession());
    boolean resumed = SSL.isSessionReused(engine.sslPointer());
    if (load.slice.tls() == TlsMode.TLS12_RESUMED) {
      // The first ones have no session yet that they could resume.
      boolean first = load.counters.handshakes++ < load.slice.connections();
      load.counters.notResumed += resumed || first ? 0 : 1;
    } else if (resumed) {
      load.fail("a handshake resumed a session (expected: a full one)");
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!done) {
      load.fail("a connection was closed in its handshake");
    }
    load.done();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // What comes behind the client's own end is of no interest.
    if (!done) {
      load.fail(cause);
    }
  }
}
