package io.harborgateway.admin;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The open connections of one listener of the admin endpoint, up to a bound. At the bound a new
 * connection replaces the one that has been idle longest, so that unused connections do not keep
 * monitoring out.
 *
 * <p>Confined to the event loop, except for {@link #close}, {@link #end} and {@link #areAllIdle}.
 */
final class AdminConnections {
  private final int limit;
  private final EventExecutor loop;
  private final ChannelGroup open;
  private volatile boolean ending;

  /** Connections without a request in progress, the longest idle first. */
  private final Set<Channel> idle = new LinkedHashSet<>();

  AdminConnections(int limit, EventExecutor loop) {
    this.limit = limit;
    this.loop = loop;
    this.open = new DefaultChannelGroup(loop);
  }

  /** Admits the connection, or returns false when all places are taken by busy ones. */
  boolean admit(Channel channel) {
    if (open.size() >= limit) {
      Iterator<Channel> longest = idle.iterator();
      if (!longest.hasNext()) {
        return false;
      }
      longest.next().close();
    }
    open.add(channel);
    idle.add(channel);
    channel.closeFuture().addListener(closed -> idle.remove(channel));
    return true;
  }

  /** Records that a complete request has arrived and is being answered. */
  void busy(Channel channel) {
    idle.remove(channel);
  }

  /** Records that its request has been answered. */
  void idle(Channel channel) {
    if (channel.isOpen()) {
      idle.add(channel);
    }
  }

  /** Whether no request is being answered. Not to be called on the event loop. */
  boolean areAllIdle() {
    return loop.isShuttingDown() // closed before
        || loop.submit(() -> open.size() <= idle.size()).awaitUninterruptibly().getNow();
  }

  /** Closes those without a request in progress, and the others after their answer. */
  void end() {
    ending = true;
    if (loop.isShuttingDown()) {
      return; // closed before
    }
    loop.execute(() -> {
      List.copyOf(idle).forEach(Channel::close);
    });
  }

  /** Whether a connection closes after its answer. */
  boolean isEnding() {
    return ending;
  }

  /** Closes all connections and waits until they are closed. Not to be called on the event loop. */
  void close() {
    open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
