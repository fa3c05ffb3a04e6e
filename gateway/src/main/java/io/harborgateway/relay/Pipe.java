package io.harborgateway.relay;

import io.harborgateway.transport.TcpStream;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A kernel pipe through which splice(2) moves bytes from one socket to another without copying
 * them. Owns two descriptors. Confined to an event loop.
 */
final class Pipe implements AutoCloseable {
  /** The most an unprivileged process may request by default ({@code fs.pipe-max-size}). */
  static final int CAPACITY = 1 << 20;

  private final FileDescriptor out;
  private final FileDescriptor in;
  private boolean enlarged;
  private boolean tried;
  private int content;

  /** Creates a pipe of the kernel's default size. */
  Pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    out = ends[0];
    in = ends[1];
  }

  /** Enlarges it to {@link #CAPACITY} bytes if the kernel allows it; tried only once. */
  void enlarge() {
    if (!tried && PipeCapacity.isReady()) {
      tried = true;
      enlarged = PipeCapacity.set(in.intValue(), CAPACITY);
    }
  }

  /** Returns whether it has been enlarged. */
  boolean isEnlarged() {
    return enlarged;
  }

  /**
   * Fills the pipe with what {@code from} has received, as far as there is room.
   *
   * @return the number of bytes; 0 if there is no room, nothing to read, or after the FIN; the call
   *     does not tell which
   */
  int fill(TcpStream from) throws IOException {
    int moved = Native.splice(from.number(), -1, in.intValue(), -1, CAPACITY);
    content += moved;
    return moved;
  }

  /** Drains its content into {@code to}; returns the number of bytes, 0 if that has no room. */
  int drain(TcpStream to) throws IOException {
    int moved = Native.splice(out.intValue(), -1, to.number(), -1, content);
    content -= moved;
    return moved;
  }

  /** Number of bytes in it. */
  int content() {
    return content;
  }

  @Override
  public void close() {
    close(in);
    close(out);
  }

  private static void close(FileDescriptor end) {
    try {
      end.close();
    } catch (IOException e) {
      // The descriptor is closed in any case.
    }
  }
}
