package io.harborgateway.admin;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The open connections of one listener of the admin endpoint, and a bound for them. At the bound a
 * newcomer takes the place of the one that has been idle for longest, so that connections nobody
 * uses keep no monitoring out.
 *
 * <p>Confined to the event loop, except for {@link #close}.
 */
final class AdminConnections {
  private final int limit;
  private final ChannelGroup open;

  /** Those without a request that is being answered, the longest first. */
  private final Set<Channel> idle = new LinkedHashSet<>();

  AdminConnections(int limit, EventExecutor loop) {
    this.limit = limit;
    this.open = new DefaultChannelGroup(loop);
  }

  /** Takes the connection, or returns false when all places are taken by busy ones. */
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

  /** A whole request has come, which is to be answered. */
  void busy(Channel channel) {
    idle.remove(channel);
  }

  /** Its request is answered. */
  void idle(Channel channel) {
    if (channel.isOpen()) {
      idle.add(channel);
    }
  }

  /** Closes all, and waits for that. Not from the event loop. */
  void close() {
    open.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
