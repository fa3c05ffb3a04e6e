package io.harborgateway.relay;

import io.harborgateway.transport.TcpStream;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A kernel pipe, through which splice(2) passes bytes from one socket to another without copying
 * them. Owns two descriptors. Confined to an event loop.
 */
final class Pipe implements AutoCloseable {
  /** What an unprivileged process may ask for by default ({@code fs.pipe-max-size}). */
  static final int CAPACITY = 1 << 20;

  private final FileDescriptor out;
  private final FileDescriptor in;
  private boolean enlarged;
  private boolean tried;
  private int content;

  /** Makes a pipe of the kernel's usual size. */
  Pipe() throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    out = ends[0];
    in = ends[1];
  }

  /** Makes it hold {@link #CAPACITY} bytes, if the kernel allows; that is tried once. */
  void enlarge() {
    if (!tried && PipeCapacity.isReady()) {
      tried = true;
      enlarged = PipeCapacity.set(in.intValue(), CAPACITY);
    }
  }

  /** Tells whether it was enlarged. */
  boolean isEnlarged() {
    return enlarged;
  }

  /**
   * Takes in what {@code from} has received, as far as there is room.
   *
   * @return the number of bytes; 0 when there is no room, nothing to take, or after the FIN: which
   *     of these, the call doesn't tell
   */
  int fill(TcpStream from) throws IOException {
    int moved = Native.splice(from.number(), -1, in.intValue(), -1, CAPACITY);
    content += moved;
    return moved;
  }

  /** Hands its content to {@code to}; returns how many bytes, 0 when that has no room. */
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
      // The descriptor is gone in any case.
    }
  }
}
