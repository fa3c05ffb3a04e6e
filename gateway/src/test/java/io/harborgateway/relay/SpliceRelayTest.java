package io.harborgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.harborgateway.testkit.Await;
import io.harborgateway.transport.Loop;
import io.harborgateway.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a relay of streams costs; see {@link RelayTest} for what it does. */
@Timeout(60)
class SpliceRelayTest {
  private static final long BULK = 64L << 20;

  private static RelayStand start() throws Exception {
    return new RelayStand(RelayStand.Way.STREAMS).start(Duration.ofMinutes(5));
  }

  private static CompletableFuture<Void> sending(Socket socket, long bytes) {
    return CompletableFuture.runAsync(() -> {
      try {
        byte[] block = new byte[1 << 20];
        for (long written = 0; written < bytes; written += block.length) {
          socket.getOutputStream().write(block);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static void pass(RelayStand stand, long bytes) throws Exception {
    var sent = sending(stand.front(), bytes);
    stand.upstream().getInputStream().skipNBytes(bytes);
    sent.get(10, TimeUnit.SECONDS);
  }

  @Test
  void anIdleConnectionHoldsNoPipe() throws Exception {
    try (var stand = start()) {
      pass(stand, BULK);
      Await.until("the pipe is back", () -> stand.buffers().pipesInUse() == 0);
      assertThat(stand.buffers().idlePipes()).isEqualTo(1);
    }
  }

  @Test
  void aStalledConnectionHoldsOnePipeAndAnEndedOneNone() throws Exception {
    try (var stand = start()) {
      var sent = sending(stand.front(), BULK);
      Await.until("the pipe is in use", () -> stand.buffers().pipesInUse() == 1);
      Await.until("the reader is full", () -> stand.waiting() > 0);
      stand.upstream().close();
      stand.end();
      assertThat(stand.loop().call(() -> stand.buffers().pipesInUse())).isZero();
      assertThat(sent).failsWithin(Duration.ofSeconds(10));
    }
  }

  @Test
  void aReaderThatHasStoppedKeepsTheLoopIdle() throws Exception {
    var threads = ManagementFactory.getThreadMXBean();
    try (var stand = start()) {
      var sent = sending(stand.front(), BULK);
      long thread = stand.loop().call(() -> Thread.currentThread().threadId());
      Await.until("the reader is full", () -> settled(stand));
      long before = threads.getThreadCpuTime(thread);
      TimeUnit.MILLISECONDS.sleep(500);
      assertThat(threads.getThreadCpuTime(thread) - before).isLessThan(100_000_000L);
      stand.upstream().getInputStream().skipNBytes(BULK);
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  private static boolean settled(RelayStand stand) throws Exception {
    long before = stand.waiting();
    TimeUnit.MILLISECONDS.sleep(100);
    return before > 0 && stand.waiting() == before;
  }

  @Test
  void pipesAreKeptUpToABound() throws Exception {
    try (var loop = new Loop(Transport.EPOLL);
        var buffers = new RelayBuffers(loop.loop())) {
      loop.run(() -> {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < RelayBuffers.MAX_IDLE_PIPES + 5; i++) {
          pipes.add(Objects.requireNonNull(buffers.takePipe()));
        }
        assertThat(buffers.pipesInUse()).isEqualTo(pipes.size());
        pipes.forEach(buffers::giveBack);
        assertThat(buffers.pipesInUse()).isZero();
        assertThat(buffers.idlePipes()).isEqualTo(RelayBuffers.MAX_IDLE_PIPES);
        buffers.giveBack(Objects.requireNonNull(buffers.takePipe()));
        assertThat(buffers.idlePipes()).isEqualTo(RelayBuffers.MAX_IDLE_PIPES);
      });
    }
  }

  @Test
  void aPipeIsEnlargedWhereTheKernelAllows() throws Exception {
    PipeCapacity.prepare();
    Await.until("it is known how", PipeCapacity::isReady);
    assertThat(PipeCapacity.set(-1, Pipe.CAPACITY)).as("of no pipe").isFalse();
    long allowed = Long.parseLong(Files.readString(Path.of("/proc/sys/fs/pipe-max-size")).strip());
    try (var stand = start()) {
      Pipe pipe = stand.loop().call(() -> Objects.requireNonNull(stand.buffers().takePipe()));
      // Beyond what is allowed it depends on who runs the test.
      assertThat(pipe.isEnlarged() || allowed < Pipe.CAPACITY).isTrue();
      stand.loop().run(() -> stand.buffers().giveBack(pipe));
    }
  }

  @Test
  void allDescriptorsAreClosedAtTheEnd() throws Exception {
    start().close(); // what is loaded at the first use stays open
    List<String> before = descriptors();
    for (int i = 0; i < 10; i++) {
      try (var stand = start()) {
        pass(stand, 4L << 20);
        if (i % 3 == 0) {
          ReferenceRelay.reset(stand.front());
          stand.end();
        } else if (i % 3 == 1) {
          sending(stand.upstream(), BULK);
          Await.until("the reader is full", () -> stand.waiting() > 0);
        }
      }
    }
    Await.until(
        "as before",
        () -> {
          List<String> after = descriptors();
          if (!after.equals(before)) {
            throw new IOException("before: " + before + " after: " + after);
          }
          return true;
        });
  }

  /** What sockets, pipes and event loops have open. */
  private static List<String> descriptors() throws IOException {
    List<String> open = new ArrayList<>();
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : (Iterable<Path>) all::iterator) {
        try {
          open.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
          // That by which the folder is read.
        }
      }
    }
    open.removeIf(name -> name.startsWith("/"));
    Collections.sort(open);
    return open;
  }

  @Test
  void forwardingAllocatesNextToNothing() throws Exception {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var stand = start()) {
      long thread = stand.loop().call(() -> Thread.currentThread().threadId());
      pass(stand, BULK);
      echo(stand, 200);
      long before = threads.getThreadAllocatedBytes(thread);
      pass(stand, BULK);
      assertThat(threads.getThreadAllocatedBytes(thread) - before)
          .as("bytes on the heap for %d spliced", BULK)
          .isLessThan(BULK / 1000);
      before = threads.getThreadAllocatedBytes(thread);
      echo(stand, 1000);
      assertThat(threads.getThreadAllocatedBytes(thread) - before)
          .as("bytes on the heap for 2000 small pieces")
          .isLessThan(2000 * 100);
    }
  }

  private static void echo(RelayStand stand, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      stand.front().getOutputStream().write(1);
      stand.upstream().getInputStream().skipNBytes(1);
      stand.upstream().getOutputStream().write(1);
      stand.front().getInputStream().skipNBytes(1);
    }
  }
}
