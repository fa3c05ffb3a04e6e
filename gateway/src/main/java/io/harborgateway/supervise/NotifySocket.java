package io.harborgateway.supervise;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends datagrams to a service manager's unix socket, which the JDK does not do. Confined to one
 * thread, which may wait: a full queue is what its reader has yet to read.
 */
final class NotifySocket implements AutoCloseable {
  /** systemd ignores a longer message. */
  static final int LONGEST = 4096;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Socket socket;
  private final byte[] address;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);

  private NotifySocket(Socket socket, byte[] address) {
    this.socket = socket;
    this.address = address;
  }

  /**
   * Opens a socket for messages to this one.
   *
   * @param name a path, or {@code @} and an abstract name
   * @throws IOException if it is neither, or this system has no such sockets
   */
  static NotifySocket to(String name) throws IOException {
    byte[] address = name.getBytes(StandardCharsets.UTF_8);
    if (address.length < 2 || (address[0] != '/' && address[0] != '@')) {
      throw new IOException("\"" + name + "\" (expected: an absolute path, or @ and a name)");
    }
    if (address[0] == '@') {
      address[0] = 0;
    }
    if (!Epoll.isAvailable()) {
      throw new IOException("no unix sockets without epoll", Epoll.unavailabilityCause());
    }
    return new NotifySocket(Socket.newSocketDomainDgram(), address);
  }

  /**
   * Sends a message.
   *
   * @param message at most {@link #LONGEST} bytes in UTF-8
   * @throws IOException if nobody takes it
   */
  void send(String message) throws IOException {
    buffer.clear().put(message.getBytes(StandardCharsets.UTF_8)).flip();
    long start = System.nanoTime();
    while (socket.sendToDomainSocket(buffer, 0, buffer.limit(), address) == 0) {
      if (System.nanoTime() - start >= PATIENCE.toNanos()) {
        throw new IOException("its queue is full");
      }
      LockSupport.parkNanos(this, PAUSE.toNanos());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
