package io.harborgateway.admin;

import io.harborgateway.transport.Transport;
import io.harborgateway.watch.FileStamp;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A listening unix socket with mode 0660. It is created in a private folder and then renamed into
 * place: nobody can connect before its mode is set, and a stale socket is replaced atomically. A
 * socket in use is not replaced, nor is any other file.
 */
final class AdminSocket implements AutoCloseable {
  /** stat(2). */
  private static final int S_IFMT = 0xF000;

  private static final int S_IFSOCK = 0xC000;

  private final Path path;
  private final FileStamp own;
  private final Channel channel;

  private AdminSocket(Path path, Channel channel) {
    this.path = path;
    this.channel = channel;
    this.own = FileStamp.of(path);
  }

  /**
   * Binds and listens. Blocks.
   *
   * @param bootstrap without a channel type
   * @param transport of its event loop
   * @param replaces whether the process that listens there is replaced by this one
   * @throws IOException that names the path and why it can't be bound
   */
  static AdminSocket bind(
      Path path, ServerBootstrap bootstrap, Transport transport, boolean replaces)
      throws IOException {
    try {
      if (!replaces) {
        refuseUnlessStale(path);
      }
      return bound(path, bootstrap, transport);
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException("admin: %s can't be bound: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static AdminSocket bound(Path path, ServerBootstrap bootstrap, Transport transport)
      throws IOException {
    Path folder = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), path);
    String random = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    Path own =
        Files.createDirectory(
            folder.resolve(".hg" + random),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Path made = own.resolve("s");
      ChannelFuture bound =
          (transport == Transport.EPOLL
                  ? bootstrap
                      .channel(EpollServerDomainSocketChannel.class)
                      .bind(new DomainSocketAddress(made.toFile()))
                  : bootstrap
                      .channel(NioServerDomainSocketChannel.class)
                      .bind(UnixDomainSocketAddress.of(made)))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new IOException(bound.cause().getMessage(), bound.cause());
      }
      try {
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-rw----"));
        Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
        return new AdminSocket(path, bound.channel());
      } catch (IOException e) {
        bound.channel().close().awaitUninterruptibly();
        Files.deleteIfExists(made);
        throw e;
      }
    } finally {
      Files.deleteIfExists(own);
    }
  }

  private static void refuseUnlessStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & S_IFMT) != S_IFSOCK) {
      throw new IOException("a file that is no socket is there");
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false); // a listener may not be accepting
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new IOException("another process listens there");
    } catch (ConnectException e) {
      return; // stale: its process is gone
    }
  }

  /** Stops listening, and removes the file unless another process has replaced it. */
  @Override
  public void close() throws IOException {
    channel.close().awaitUninterruptibly();
    if (own.isSameFile(FileStamp.of(path))) {
      Files.delete(path);
    }
  }
}
