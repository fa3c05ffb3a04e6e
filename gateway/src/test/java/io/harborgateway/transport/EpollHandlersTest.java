package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that end while nobody wants their bytes. */
@Timeout(60)
class EpollHandlersTest {
  /** Less than the kernel holds for a connection, so that the sender is done. */
  private static final int SENT = 100_000;

  private final Loop loop = new Loop(Transport.EPOLL);
  private final Seen seen = new Seen();
  private @Nullable Channel channel;
  private @Nullable Socket peer;

  /** What a connection has told; confined to its event loop. */
  private static final class Seen extends ChannelInboundHandlerAdapter {
    private int bytes;
    private boolean inputEnded;
    private boolean inactive;
    private @Nullable Throwable failure;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf data = (ByteBuf) message;
      bytes += data.readableBytes();
      data.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      inputEnded |= event == ChannelInputShutdownEvent.INSTANCE;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      inactive = true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = cause;
    }
  }

  @AfterEach
  void close() throws Exception {
    if (peer != null) {
      peer.close();
    }
    if (channel != null) {
      channel.close().await(10, TimeUnit.SECONDS);
    }
    loop.close();
  }

  private Channel accepted() throws Exception {
    var accepted = new CompletableFuture<Channel>();
    Channel listening =
        new ServerBootstrap()
            .group(loop.loop())
            .channelFactory(Transport.EPOLL.serverChannels())
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection.pipeline().addLast(seen);
                    accepted.complete(connection);
                  }
                })
            .bind(InetAddress.ofLiteral("127.0.0.1"), 0)
            .sync()
            .channel();
    var address = (InetSocketAddress) listening.localAddress();
    peer = new Socket(address.getAddress(), address.getPort());
    channel = accepted.get(10, TimeUnit.SECONDS);
    listening.close().sync();
    return channel;
  }

  private Channel dialled() throws Exception {
    Loop.Connection connection = loop.connect();
    peer = connection.peer();
    channel = connection.channel();
    loop.run(() -> connection.channel().pipeline().addLast(seen));
    return channel;
  }

  private Socket peer() {
    return Objects.requireNonNull(peer);
  }

  private void send() throws IOException {
    peer().getOutputStream().write(new byte[SENT]);
  }

  /** Waits until the loop has handled what epoll tells: it was idle several times. */
  private void settle() throws Exception {
    for (int i = 0; i < 20; i++) {
      loop.run(() -> {});
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private int bytes() throws Exception {
    return loop.call(() -> seen.bytes);
  }

  /** Reads until the condition holds, one read for each turn of the loop. */
  private void read(Channel connection, String what, Callable<Boolean> until) {
    loop.await(
        what,
        () -> {
          connection.read();
          return until.call();
        });
  }

  @Test
  void theBytesAheadOfAFinAreReadWhenTheyAreWanted() throws Exception {
    Channel connection = accepted();
    send();
    peer().shutdownOutput();
    settle();
    assertThat(bytes()).isZero();
    loop.run(connection::read);
    settle();
    assertThat(bytes()).isBetween(1, SENT / 2);
    assertThat(loop.call(() -> seen.inputEnded)).isFalse();
    read(connection, "the end", () -> seen.inputEnded);
    assertThat(bytes()).isEqualTo(SENT);
  }

  @Test
  void aFinBehindNothingIsSeenAtOnceByAReader() throws Exception {
    Channel connection = accepted();
    loop.run(connection::read);
    peer().shutdownOutput();
    loop.await("the end", () -> seen.inputEnded);
  }

  @Test
  void aClientsResetEndsTheConnectionWithItsBytesUnread() throws Exception {
    accepted();
    send();
    peer().setSoLinger(true, 0);
    peer().close();
    loop.await("it is closed", () -> seen.inactive);
    assertThat(bytes()).isZero();
    assertThat(loop.call(() -> seen.failure)).isInstanceOf(IOException.class);
  }

  @Test
  void whatAnUpstreamHasSentAheadOfItsResetIsReadWhenItIsWanted() throws Exception {
    Channel connection = dialled();
    send();
    peer().setSoLinger(true, 0);
    peer().close();
    settle();
    assertThat(bytes()).isLessThan(SENT / 2);
    assertThat(connection.isOpen()).isTrue();
    read(connection, "the failure", () -> seen.failure != null || seen.inactive);
    assertThat(bytes()).isEqualTo(SENT);
  }

  @Test
  void aConnectionClosedInBothDirectionsKeepsItsBytesUntilTheyAreWanted() throws Exception {
    Channel connection = accepted();
    send();
    peer().shutdownOutput();
    loop.run(() -> Closing.outputAfterWrites(connection));
    assertThat(peer().getInputStream().read()).isEqualTo(-1);
    settle();
    assertThat(bytes()).isZero();
    read(connection, "the end", () -> seen.inputEnded || seen.inactive);
    assertThat(bytes()).isEqualTo(SENT);
  }
}
