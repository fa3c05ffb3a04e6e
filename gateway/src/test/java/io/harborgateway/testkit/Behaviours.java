package io.harborgateway.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The ways, good and bad, in which an {@link Origin} can treat a connection. */
public final class Behaviours {
  /** What {@link #echoBytes} sends after the client's end. */
  public static final String ECHO_END = "<end>";

  private static final int RECEIVE_BUFFER_BYTES = 16 << 10;

  private Behaviours() {}

  /** Answers a request that was read whole. */
  @FunctionalInterface
  public interface Handler {
    Answer handle(HttpRequest request) throws IOException;
  }

  /** A well-behaved HTTP/1.1 server. */
  public static Behaviour http(Handler handler) {
    return new HttpBehaviour(handler);
  }

  /** A registry's answers to uploads: 201 with the digest of what arrived. */
  public static Behaviour acceptUploads() {
    return http(request ->
        Answer.of(201)
            .field("Docker-Content-Digest", "sha256:" + request.body().sha256())
            .field("X-Received-Bytes", Long.toString(request.body().length())));
  }

  /** Reads what comes and never says a word, until the client closes. */
  public static Behaviour silent() {
    return (in, out, socket) -> in.transferTo(OutputStream.nullOutputStream());
  }

  /** Closes orderly once something was received, without an answer. */
  public static Behaviour closeBeforeFirstByte() {
    return closeAfter(new byte[0]);
  }

  /** Sends these bytes once something was received, and closes orderly. */
  public static Behaviour closeAfter(byte[] sent) {
    return (in, out, socket) -> {
      awaitInput(in);
      out.write(sent);
    };
  }

  /** The same; ISO-8859-1. */
  public static Behaviour closeAfter(String sent) {
    return closeAfter(sent.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends these bytes once something was received, and stays. */
  public static Behaviour garbage(byte[] sent) {
    return (in, out, socket) -> {
      awaitInput(in);
      out.write(sent);
      in.transferTo(OutputStream.nullOutputStream());
    };
  }

  /** Resets the connection once that many bytes were received; 0 resets at once. */
  public static Behaviour resetAfter(long bytes) {
    return (in, out, socket) -> {
      in.skipNBytes(bytes);
      socket.setSoLinger(true, 0);
    };
  }

  /** Resets the connection once something was received. */
  public static Behaviour reset() {
    return resetAfter(1);
  }

  /** Sends back what comes; after the client's end sends {@link #ECHO_END}, then closes. */
  public static Behaviour echoBytes() {
    return (in, out, socket) -> {
      in.transferTo(out);
      out.write(ECHO_END.getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  /** Reads slowly, through a small receive buffer, and closes after the client's end. */
  public static Behaviour slowReader(int bytesPerSecond) {
    return (in, out, socket) -> {
      socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
      var pace = new Pace(bytesPerSecond);
      byte[] buffer = new byte[pace.bytesPerStep()];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        pace.await(count);
      }
    };
  }

  /** Once something was received, sends these bytes slowly, then closes. */
  public static Behaviour slowWriter(byte[] sent, int bytesPerSecond) {
    return (in, out, socket) -> {
      awaitInput(in);
      var pace = new Pace(bytesPerSecond);
      for (int from = 0; from < sent.length; from += pace.bytesPerStep()) {
        int count = Math.min(pace.bytesPerStep(), sent.length - from);
        out.write(sent, from, count);
        pace.await(count);
      }
    };
  }

  /** Waits for the first bytes and takes what has come, for bytes left unread become a reset. */
  private static void awaitInput(InputStream in) throws IOException {
    if (in.read() >= 0) {
      in.skipNBytes(in.available());
    }
  }

  /** Keeps a rate, in steps of a hundredth of a second. */
  private static final class Pace {
    private static final int STEPS_PER_SECOND = 100;

    private final int bytesPerSecond;
    private final long start = System.nanoTime();
    private long bytes;

    Pace(int bytesPerSecond) {
      this.bytesPerSecond = bytesPerSecond;
    }

    int bytesPerStep() {
      return Math.max(1, bytesPerSecond / STEPS_PER_SECOND);
    }

    /** Returns when this many more bytes are due; at once when the thread is interrupted. */
    void await(int count) {
      bytes += count;
      long due = start + bytes * Duration.ofSeconds(1).toNanos() / bytesPerSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
    }
  }
}
