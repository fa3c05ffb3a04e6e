package io.harborgateway.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A unix socket between two processes, for lines of UTF-8 and, between two lines, descriptors. Each
 * side knows what comes next, and speaks only when the other one waits: nothing is in the socket
 * when a descriptor is sent. Blocks; confined to one thread, except for {@link #close}.
 */
public final class Link implements AutoCloseable {
  /** Both sides wait for work of the other that takes milliseconds to seconds. */
  private static final Duration PAUSE = Duration.ofMillis(2);

  private static final int MAX_LINE = 16 << 20;
  private static final String GONE = "the other process has gone away";

  private final Socket socket;
  private final ByteBuffer received = ByteBuffer.allocateDirect(64 << 10).limit(0);

  /** Something that may have to be waited for. */
  private interface Attempt {
    /** Returns a negative number if it would have to wait. */
    int run() throws IOException;
  }

  /**
   * @param socket connected, non-blocking; this takes ownership of it
   */
  Link(Socket socket) {
    this.socket = socket;
  }

  private static int await(Attempt attempt, Duration limit, String what) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      int result = attempt.run();
      if (result >= 0) {
        return result;
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("nothing within " + limit.toSeconds() + " s: " + what);
      }
      try {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted: " + what, e);
      }
    }
  }

  /** Returns the descriptor of the next connection. */
  static int awaitAccept(Socket listening, Duration limit) throws IOException {
    byte[] address = new byte[128]; // as long as Netty's accept requires
    return await(() -> listening.accept(address), limit, "nobody has connected");
  }

  /**
   * Sends a line.
   *
   * @param line without a line feed
   * @throws EOFException if the other process has closed its end
   */
  public void send(String line, Duration limit) throws IOException {
    byte[] text = (line + "\n").getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocateDirect(text.length).put(text).flip();
    while (bytes.hasRemaining()) {
      int sent =
          await(
              () -> {
                int now = write(bytes);
                return now == 0 ? -1 : now;
              },
              limit,
              "the other process does not read");
      bytes.position(bytes.position() + sent);
    }
  }

  /**
   * Returns the next line, without its line feed.
   *
   * @param what is missing if it does not come in time
   * @throws EOFException if the other process has closed its end
   */
  public String line(Duration limit, String what) throws IOException {
    var line = new ByteArrayOutputStream();
    while (true) {
      while (received.hasRemaining()) {
        byte next = received.get();
        if (next == '\n') {
          return line.toString(UTF_8);
        }
        line.write(next);
      }
      if (line.size() > MAX_LINE) {
        throw new IOException("a line of more than " + MAX_LINE + " bytes");
      }
      received.clear();
      int count = await(() -> read(what), limit, what);
      received.limit(count);
    }
  }

  private int write(ByteBuffer bytes) throws IOException {
    try {
      return socket.write(bytes, bytes.position(), bytes.limit());
    } catch (Errors.NativeIoException e) {
      throw isEnd(e) ? new EOFException(GONE) : e;
    }
  }

  private int read(String what) throws IOException {
    int count;
    try {
      count = socket.read(received, 0, received.capacity());
    } catch (Errors.NativeIoException e) {
      throw isEnd(e) ? new EOFException(GONE + ": " + what) : e;
    }
    if (count < 0) {
      throw new EOFException(GONE + ": " + what);
    }
    return count == 0 ? -1 : count;
  }

  private static boolean isEnd(Errors.NativeIoException e) {
    return e.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE
        || e.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE;
  }

  /**
   * Waits for this very line.
   *
   * @param what is missing if it does not come
   */
  public void expect(String line, Duration limit, String what) throws IOException {
    String came = line(limit, what);
    if (!came.equals(line)) {
      throw new IOException("%s: \"%s\" (expected: \"%s\")".formatted(what, came, line));
    }
  }

  /** Sends a descriptor, which stays open here. */
  public void sendDescriptor(int descriptor, Duration limit) throws IOException {
    await(() -> socket.sendFd(descriptor), limit, "the other process takes no descriptor");
  }

  /** Receives a descriptor, which the caller closes. */
  public int descriptor(Duration limit) throws IOException {
    return await(
        () -> {
          int descriptor = socket.recvFd();
          if (descriptor == -1) {
            throw new EOFException(GONE);
          }
          return descriptor == 0 ? -1 : descriptor;
        },
        limit,
        "a descriptor");
  }

  /** Closes it: for the other process, this one has gone away. May be called again. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
