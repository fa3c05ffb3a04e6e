package io.harborgateway.admin;

import io.harborgateway.transport.InheritedSockets;
import io.harborgateway.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin endpoint as an HTTP/1.1 server: {@code GET} and {@code HEAD} of {@code /healthz} (200
 * while the process lives), {@code /readyz} (200 or 503, JSON with the reasons), {@code /metrics}
 * (Prometheus) and {@code /status} (JSON); {@code POST} of {@code /drain} and {@code /undrain}; all
 * subject to {@link AdminRules}, on a TCP port, a unix socket or both. It has its own event loop,
 * so that it answers while those of the data plane are busy, and computes its answers on virtual
 * threads.
 *
 * <p>{@link #start} and {@link #close} must be called by the same thread.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);
  private static final Duration ANSWER_PAUSE = Duration.ofMillis(5);

  private final AdminResources resources;
  private final AdminRules rules;
  private final List<AdminConnections> connections = new ArrayList<>(); // one for each listener
  private final Transport transport;
  private final EventLoopGroup loop;
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
  private @Nullable Channel listening;
  private @Nullable AdminSocket socket;

  /**
   * @param hosts names that {@code Host} may have besides IP addresses and localhost
   */
  public AdminServer(AdminSources sources, Collection<String> hosts, Transport transport) {
    this.resources = new AdminResources(sources);
    this.rules = new AdminRules(hosts);
    this.transport = transport;
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("admin", true),
            transport == Transport.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  /** Binds and serves on its own; see the other method. */
  @Nullable InetSocketAddress start(@Nullable InetSocketAddress address, @Nullable Path path)
      throws IOException {
    return start(address, path, new InheritedSockets(), false);
  }

  /**
   * Binds and serves; again after {@link #release}.
   *
   * @param address with port 0 for any free port; null: only the unix socket
   * @param path path of a unix socket; null: none
   * @param inherited used instead of binding where it has the address
   * @param replaces whether a process that listens on the unix socket is replaced by this one
   * @return the bound address, or null
   * @throws IOException if one could not be bound; nothing is left open then
   */
  public @Nullable InetSocketAddress start(
      @Nullable InetSocketAddress address,
      @Nullable Path path,
      InheritedSockets inherited,
      boolean replaces)
      throws IOException {
    if (listening != null || socket != null) {
      throw new IllegalStateException("admin: started twice (expected: once)");
    }
    try {
      if (address != null) {
        List<FileDescriptor> given = inherited.duplicates(address, 1);
        listening =
            given.isEmpty()
                ? bind(bootstrap(), address)
                : adopt(bootstrap(), given.getFirst().intValue());
      }
      if (path != null) {
        socket = AdminSocket.bind(path, bootstrap(), transport, replaces);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    return listening == null ? null : (InetSocketAddress) listening.localAddress();
  }

  /** Returns the descriptor of the TCP socket, which stays its own; -1: none that can be given. */
  public int descriptor() {
    return listening instanceof UnixChannel unix ? unix.fd().intValue() : -1;
  }

  /** Stops to listen; connections end with their answers. Must not be called on the event loop. */
  public void release() {
    connections.forEach(AdminConnections::end);
    if (listening != null) {
      listening.close().awaitUninterruptibly();
      listening = null;
    }
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.warn("admin: the unix socket's file could not be removed", e);
      }
      socket = null;
    }
  }

  private static Channel adopt(ServerBootstrap bootstrap, int descriptor) throws IOException {
    ChannelFuture adopted =
        bootstrap
            .channelFactory(() -> new EpollServerSocketChannel(descriptor))
            .register()
            .awaitUninterruptibly();
    if (!adopted.isSuccess()) {
      throw new IOException("admin: " + adopted.cause().getMessage(), adopted.cause());
    }
    return adopted.channel();
  }

  /**
   * Creates a bootstrap with its own bound on connections: filling one listener takes no places
   * from the other.
   */
  private ServerBootstrap bootstrap() {
    var own = new AdminConnections(AdminInitializer.MAX_CONNECTIONS, loop.next());
    connections.add(own);
    return new ServerBootstrap()
        .group(loop)
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(new AdminInitializer(resources, rules, workers, own));
  }

  private Channel bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException {
    ChannelFuture bound =
        bootstrap
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_REUSEADDR, true)
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "admin: %s could not be bound: %s".formatted(address, bound.cause().getMessage()),
          bound.cause());
    }
    return bound.channel();
  }

  /**
   * Closes the port, the socket and the connections. Answers that take longer than a second are
   * lost; that to an upgrade, which ends the process, is not.
   */
  @Override
  public void close() {
    // Closed while its loop still runs: when left to the loop's shutdown, the socket stayed open
    // about one time in seven, with a port that accepted connections nobody served.
    release();
    long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
    while (!connections.stream().allMatch(AdminConnections::areAllIdle)
        && System.nanoTime() < end) {
      LockSupport.parkNanos(ANSWER_PAUSE.toNanos());
    }
    connections.forEach(AdminConnections::close);
    workers.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
