package io.harborgateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;

/**
 * Adapts Netty's epoll to connections that are read only when their bytes are wanted.
 *
 * <p>Netty subscribes to a peer's FIN before the bytes in front of it are read, and then reads all
 * of them at once, wanted or not: whatever the kernel holds for a connection, possibly megabytes,
 * enters memory past every bound (seen with 4.2.18). Here a FIN is noticed when it is read. A
 * client's RST ends the connection at once; its bytes are no longer read (RFC 9293 section
 * 3.10.7.4). What an upstream has sent before its RST is read when it is wanted.
 *
 * <p>Netty removes a descriptor with nothing to wait for from epoll, and does not add it back when
 * there is something again, such as room to write a large response: that fails with ENOENT. Here it
 * stays in epoll, edge-triggered, where only its failure is reported, once.
 */
final class EpollHandlers implements IoHandlerFactory {
  private final IoHandlerFactory epoll = EpollIoHandler.newFactory();

  @Override
  public IoHandler newHandler(ThreadAwareExecutor executor) {
    return new Handler(epoll.newHandler(executor));
  }

  @Override
  public boolean isChangingThreadSupported() {
    return epoll.isChangingThreadSupported();
  }

  private record Handler(IoHandler epoll) implements IoHandler {
    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      if (handle instanceof Channel.Unsafe channel) {
        var connection = new Connection(channel, (EpollIoHandle) handle);
        return new Registration(epoll.register(connection), connection);
      }
      return epoll.register(handle);
    }

    @Override
    public void initialize() {
      epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
      epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
      epoll.destroy();
    }

    @Override
    public void wakeup() {
      epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
      return epoll.isCompatible(type);
    }
  }

  /** A Netty channel in epoll. Confined to its event loop. */
  private static final class Connection implements EpollIoHandle {
    private final Channel.Unsafe channel;
    private final EpollIoHandle handle;
    private boolean reads;

    /** Both arguments are the same object under its two types. */
    Connection(Channel.Unsafe channel, EpollIoHandle handle) {
      this.channel = channel;
      this.handle = handle;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      if (!reads && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
        Channel failed = channel.voidPromise().channel();
        if (failed.parent() != null) {
          failed.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
          channel.close(channel.voidPromise());
          return;
        }
      }
      handle.handle(registration, event);
    }

    @Override
    public FileDescriptor fd() {
      return handle.fd();
    }

    @Override
    public void registered() {
      handle.registered();
    }

    @Override
    public void unregistered() {
      handle.unregistered();
    }

    @Override
    public void close() throws Exception {
      handle.close();
    }
  }

  private record Registration(IoRegistration epoll, Connection connection)
      implements IoRegistration {
    @Override
    public long submit(IoOps ops) {
      EpollIoOps wanted = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
      connection.reads = wanted.contains(EpollIoOps.EPOLLIN);
      return epoll.submit(EpollIoOps.NONE.equals(wanted) ? EpollIoOps.EPOLLET : wanted);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as declared by Netty
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }
  }
}
