package io.harborgateway.relay;

import io.harborgateway.transport.Buffers;
import io.harborgateway.transport.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * One direction of a {@link Relay}: writes what its channel receives to the peer, which takes
 * ownership of the buffer. Emits nothing. Reads only while the peer accepts more, so that no more
 * waits in memory than the {@linkplain MemoryBudget budget} allows a connection, plus one read.
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {
  static final String NAME = "relay";

  private final Relay relay;
  private final Channel peer;

  RelayHandler(Relay relay, Channel peer) {
    this.relay = relay;
    this.peer = peer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = Buffers.fitted((ByteBuf) message);
    relay.moved(peer, bytes.readableBytes());
    peer.write(bytes, peer.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    peer.flush();
    if (relay.takesMore(peer)) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      peer.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      relay.inputEnded(peer);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    relay.closed(peer);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    relay.failed(peer, cause);
  }
}
