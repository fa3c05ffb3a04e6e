package io.harborgateway.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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

  private final AdminResources resources;
  private final AdminRules rules;
  private final List<AdminConnections> connections = new ArrayList<>(); // one for each listener
  private @Nullable EventLoopGroup loop;
  private @Nullable ExecutorService workers;
  private @Nullable Channel listening;
  private @Nullable AdminSocket socket;

  /**
   * @param hosts names that {@code Host} may have besides IP addresses and localhost
   */
  public AdminServer(AdminSources sources, Collection<String> hosts) {
    this.resources = new AdminResources(sources);
    this.rules = new AdminRules(hosts);
  }

  /**
   * Binds and serves.
   *
   * @param address with port 0 for any free port; null: only the unix socket
   * @param path path of a unix socket; null: none
   * @return the bound address, or null
   * @throws IOException if one could not be bound; nothing is left open then
   */
  public @Nullable InetSocketAddress start(@Nullable InetSocketAddress address, @Nullable Path path)
      throws IOException {
    if (loop != null) {
      throw new IllegalStateException("admin: started twice (expected: once)");
    }
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    loop = group;
    workers = executor;
    try {
      if (address != null) {
        listening = bind(bootstrap(group, executor), address);
      }
      if (path != null) {
        socket = AdminSocket.bind(path, bootstrap(group, executor));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    return listening == null ? null : (InetSocketAddress) listening.localAddress();
  }

  /**
   * Creates a bootstrap with its own bound on connections: filling one listener takes no places
   * from the other.
   */
  private ServerBootstrap bootstrap(EventLoopGroup group, ExecutorService executor) {
    var own = new AdminConnections(AdminInitializer.MAX_CONNECTIONS, group.next());
    connections.add(own);
    return new ServerBootstrap()
        .group(group)
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(new AdminInitializer(resources, rules, executor, own));
  }

  private static Channel bind(ServerBootstrap bootstrap, InetSocketAddress address)
      throws IOException {
    ChannelFuture bound =
        bootstrap.channel(NioServerSocketChannel.class).bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "admin: %s could not be bound: %s".formatted(address, bound.cause().getMessage()),
          bound.cause());
    }
    return bound.channel();
  }

  /** Closes the port, the socket and the connections; answers in progress are lost. */
  @Override
  public void close() {
    // Closed while its loop still runs: when left to the loop's shutdown, the socket stayed open
    // about one time in seven, with a port that accepted connections nobody served.
    if (listening != null) {
      listening.close().awaitUninterruptibly();
    }
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.warn("admin: the unix socket's file could not be removed", e);
      }
    }
    connections.forEach(AdminConnections::close);
    if (workers != null) {
      workers.shutdownNow();
    }
    if (loop != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
