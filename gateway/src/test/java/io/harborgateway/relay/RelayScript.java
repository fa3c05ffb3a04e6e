package io.harborgateway.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What two peers do to each other through a relay, all of it made from a seed: phases in which they
 * send in random pieces, with readers that stall; half-closes between them; and an end.
 *
 * <p>What comes of it is told as lines, which are the same for each relay that works.
 */
final class RelayScript {
  private enum End {
    BOTH_FINS,
    RESET_BY_FRONT,
    RESET_BY_UPSTREAM,
    RESET_BY_FRONT_WHILE_SENDING,
    RESET_BY_UPSTREAM_WHILE_SENDING
  }

  private final long seed;
  private long frontSent;
  private long upstreamSent;
  private boolean orderly;

  RelayScript(long seed) {
    this.seed = seed;
  }

  /** Bytes that the front's peer has sent; all of them came through if the end was orderly. */
  long frontSent() {
    return frontSent;
  }

  long upstreamSent() {
    return upstreamSent;
  }

  /** Whether both sides ended with a FIN. */
  boolean isOrderly() {
    return orderly;
  }

  /** Plays it, and returns what came of it. */
  List<String> play(Socket front, Socket upstream) throws Exception {
    var random = new Random(seed);
    List<String> lines = new ArrayList<>();
    boolean frontOpen = true;
    boolean upstreamOpen = true;
    for (int phases = 1 + random.nextInt(4); phases > 0; phases--) {
      List<CompletableFuture<String>> running = new ArrayList<>();
      if (frontOpen && random.nextInt(4) > 0) {
        running.add(transfer("front", front, upstream, random.nextLong()));
      }
      if (upstreamOpen && random.nextInt(4) > 0) {
        running.add(transfer("upstream", upstream, front, random.nextLong()));
      }
      for (var transfer : running) {
        lines.add(transfer.get(30, TimeUnit.SECONDS));
      }
      if (frontOpen && random.nextInt(6) == 0) {
        frontOpen = false;
        front.shutdownOutput();
        lines.add("front's FIN: " + end(upstream));
      }
      if (upstreamOpen && random.nextInt(6) == 0) {
        upstreamOpen = false;
        upstream.shutdownOutput();
        lines.add("upstream's FIN: " + end(front));
      }
    }
    if (!frontOpen && !upstreamOpen) {
      orderly = true;
      return lines;
    }
    End end = End.values()[random.nextInt(End.values().length)];
    lines.add(end.toString());
    switch (end) {
      case BOTH_FINS -> {
        orderly = true;
        if (frontOpen) {
          front.shutdownOutput();
          lines.add(end(upstream));
        }
        if (upstreamOpen) {
          upstream.shutdownOutput();
          lines.add(end(front));
        }
      }
      case RESET_BY_FRONT -> {
        ReferenceRelay.reset(front);
        lines.add(upstreamOpen || frontOpen ? end(upstream, frontOpen) : "");
      }
      case RESET_BY_UPSTREAM -> {
        ReferenceRelay.reset(upstream);
        lines.add(end(front, upstreamOpen));
      }
      case RESET_BY_FRONT_WHILE_SENDING -> {
        if (frontOpen) {
          lines.add(cutOff(front, upstream, random.nextLong()));
        }
      }
      case RESET_BY_UPSTREAM_WHILE_SENDING -> {
        if (upstreamOpen) {
          lines.add(cutOff(upstream, front, random.nextLong()));
        }
      }
    }
    return lines;
  }

  /** Sends from one to the other, all of which must come. */
  private CompletableFuture<String> transfer(String name, Socket from, Socket to, long seed) {
    var random = new Random(seed);
    int length = size(random);
    byte[] content = new byte[length];
    random.nextBytes(content);
    if (name.equals("front")) {
      frontSent += length;
    } else {
      upstreamSent += length;
    }
    var sending = run(() -> send(from.getOutputStream(), content, new Random(seed + 1)));
    return run(
            () -> {
              byte[] received = receive(to.getInputStream(), length, new Random(seed + 2));
              return name + " " + length + (Arrays.equals(received, content) ? " came" : " differ");
            })
        .thenCombine(sending, (result, sent) -> result);
  }

  private static int size(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 1 + random.nextInt(100);
      case 1 -> 1 + random.nextInt(100_000);
      case 2 -> RelayBuffers.COPIED * (1 + random.nextInt(4)) + random.nextInt(3) - 1;
      default -> 1 + random.nextInt(6_000_000);
    };
  }

  private static boolean send(OutputStream out, byte[] content, Random random) throws Exception {
    int bound = 1 + random.nextInt(random.nextInt(3) == 0 ? 500 : 300_000);
    for (int at = 0; at < content.length; ) {
      int length = Math.min(content.length - at, 1 + random.nextInt(bound));
      out.write(content, at, length);
      at += length;
      if (random.nextInt(40) == 0) {
        Thread.sleep(random.nextInt(3));
      }
      bound = content.length > 100_000 ? Math.max(bound, 10_000) : bound; // it is to end, too
    }
    return true;
  }

  private static byte[] receive(InputStream in, int length, Random random) throws Exception {
    byte[] received = new byte[length];
    if (random.nextInt(4) == 0) {
      Thread.sleep(random.nextInt(40)); // a reader that stalls, until all buffers are full
    }
    for (int at = 0; at < length; ) {
      int count = in.read(received, at, Math.min(length - at, 1 + random.nextInt(200_000)));
      if (count < 0) {
        throw new IOException("ended after " + at + " of " + length);
      }
      at += count;
      if (random.nextInt(60) == 0) {
        Thread.sleep(random.nextInt(5));
      }
    }
    return received;
  }

  /** Resets a connection on which bytes are under way: what came is the beginning of them. */
  private static String cutOff(Socket from, Socket to, long seed) throws Exception {
    byte[] content = new byte[8_000_000];
    new Random(seed).nextBytes(content);
    run(() -> {
      from.getOutputStream().write(content);
      return true;
    });
    var reading =
        run(() -> {
          InputStream in = to.getInputStream();
          byte[] block = new byte[100_000];
          int at = 0;
          try {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
              if (!Arrays.equals(block, 0, count, content, at, at + count)) {
                return "differ";
              }
              at += count;
              if (at > 1_000_000) {
                ReferenceRelay.reset(from);
              }
            }
          } catch (SocketException e) {
            return "cut off";
          }
          return "taken for complete";
        });
    return reading.get(30, TimeUnit.SECONDS);
  }

  private static String end(Socket socket) throws IOException {
    return end(socket, true);
  }

  /** How reading ends, if it has not ended before. */
  private static String end(Socket socket, boolean isOpen) throws IOException {
    if (!isOpen) {
      return "ended before";
    }
    try {
      int next = socket.getInputStream().read();
      return next < 0 ? "end" : "a byte too many";
    } catch (SocketException e) {
      return "reset";
    }
  }

  private interface Task<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> run(Task<T> task) {
    var result = new CompletableFuture<T>();
    Thread.startVirtualThread(() -> {
      try {
        result.complete(task.run());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }
}
