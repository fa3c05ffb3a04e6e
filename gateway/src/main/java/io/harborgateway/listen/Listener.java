package io.harborgateway.listen;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.Meters;
import io.harborgateway.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One published port: bound and closed as a whole. Safe for use by any one thread at a time. */
public final class Listener implements AutoCloseable {
  /** Waits in the kernel for the acceptor, which takes them in batches. */
  private static final int BACKLOG = 4096;

  private final String name;
  private final InetSocketAddress address;
  private final boolean allowHalfClosure;
  private final ChannelHandler initializer;
  private final ListenerMeters meters;
  private volatile @Nullable Channel channel;

  /**
   * Makes a listener, not bound.
   *
   * @param address where it listens; port 0 takes a free one
   * @param allowHalfClosure whether a FIN of the client leaves the other direction open
   * @param initializer fills the pipeline of each connection; see {@link ConnectionPath}
   */
  public Listener(
      String name,
      InetSocketAddress address,
      boolean allowHalfClosure,
      ChannelHandler initializer,
      ListenerMeters meters) {
    this.name = name;
    this.address = address;
    this.allowHalfClosure = allowHalfClosure;
    this.initializer = initializer;
    this.meters = meters;
  }

  public String name() {
    return name;
  }

  public boolean isBound() {
    return channel != null;
  }

  /** Returns where it listens, or where it is to listen while it is not bound. */
  public InetSocketAddress address() {
    Channel bound = channel;
    return bound != null && bound.localAddress() instanceof InetSocketAddress local
        ? local
        : address;
  }

  /**
   * Binds and begins to accept. Blocks: not to be called on an event loop.
   *
   * @throws IOException when the address can't be bound; the message names the listener and it
   */
  public void bind(
      Transport transport, EventLoopGroup eventLoops, ConnectionLimits limits, Meters allMeters)
      throws IOException {
    ServerChannel server = transport.serverChannels().newChannel();
    server.config().setOption(ChannelOption.SO_REUSEADDR, true);
    server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    server
        .pipeline()
        .addLast(
            new Acceptor(eventLoops, initializer, allowHalfClosure, limits, meters, allMeters));
    eventLoops.register(server).syncUninterruptibly();
    var bound = server.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      server.close();
      throw new IOException(
          "listener %s: %s:%d can't be bound: %s"
              .formatted(
                  name, address.getHostString(), address.getPort(), bound.cause().getMessage()),
          bound.cause());
    }
    channel = server;
  }

  /** Stops accepting; open connections are not touched. */
  @Override
  public void close() {
    Channel bound = channel;
    channel = null;
    if (bound != null) {
      bound.close().awaitUninterruptibly();
    }
  }
}
