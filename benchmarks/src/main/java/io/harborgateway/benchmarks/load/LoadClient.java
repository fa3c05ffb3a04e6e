package io.harborgateway.benchmarks.load;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Runs one slice after the other on an event loop of its own. Called by one thread. */
public final class LoadClient implements AutoCloseable {
  private static final int LOOK_MILLIS = 50;
  private static final long AWAIT_NANOS = 200_000;
  private static final int WAIT_SECONDS = 120;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Long> helpers = new ArrayList<>(List.of(ProcessHandle.current().pid()));
  private final DefaultChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  private @Nullable Load begun;
  private long awaited;

  /** What the counters and the clocks said at one moment. */
  private record Reading(
      long units,
      long bytes,
      long notResumed,
      long nanos,
      double cpuSeconds,
      double foreignSeconds) {}

  /** Takes these processes for a part of the benchmark: they disturb nothing. */
  public void knowHelpers(List<Long> pids) {
    helpers.addAll(pids);
  }

  /**
   * Runs the slice to its end. Of a {@link Slice.Kind#HOLD} the connections stay open until {@link
   * #release}.
   */
  public SliceResult run(Slice slice) throws IOException, InterruptedException {
    Load load = load(slice);
    on(() -> {
      load.start();
      return true;
    });
    boolean holds = slice.kind() == Slice.Kind.HOLD;
    try {
      return holds || slice.kind() == Slice.Kind.FIRST ? awaitDone(load) : measure(load);
    } finally {
      on(() -> {
        load.stop();
        return true;
      });
      if (!holds) {
        release();
      }
    }
  }

  /** Begins the load of the slice and returns when its connections are there; it goes on alone. */
  public void begin(Slice slice) throws IOException, InterruptedException {
    Load load = load(slice);
    begun = load;
    on(() -> {
      load.start();
      return true;
    });
    String failure = await(load, load::isRunning, "connected");
    if (failure != null) {
      throw new IOException(failure);
    }
  }

  /**
   * Waits until the load that was begun has done so many units more.
   *
   * @throws IllegalStateException when it has failed
   */
  public void awaitUnits(long more) throws InterruptedException {
    Load load = Objects.requireNonNull(begun, "nothing begun");
    if (awaited == 0) {
      awaited = on(() -> load.counters.units);
    }
    awaited += more;
    while (on(() -> load.counters.units) < awaited) {
      LockSupport.parkNanos(AWAIT_NANOS);
      on(() -> {
        if (load.failure() != null) {
          throw new IllegalStateException(load.failure());
        }
        return true;
      });
    }
  }

  private Load load(Slice slice) throws IOException {
    var dialer = new Dialer(loops, slice, ClientTls.context(slice.tls()), open);
    return switch (slice.kind()) {
      case EXCHANGES -> new ExchangeLoad(slice, dialer);
      case RATE -> new RateLoad(slice, dialer, loops.next());
      case CONNECTIONS, HANDSHAKES -> new ConnectionLoad(slice, dialer);
      case HOLD -> new HoldLoad(slice, dialer);
      case FIRST -> new FirstLoad(slice, dialer, loops.next());
    };
  }

  private SliceResult measure(Load load) throws InterruptedException {
    String failure = await(load, load::isRunning, "connected");
    if (failure == null) {
      failure = pause(load, load.slice.rampMillis());
    }
    if (failure != null) {
      return SliceResult.failed(failure);
    }
    Reading from =
        on(() -> {
          load.counters.latencies.reset();
          return read(load);
        });
    failure = pause(load, load.slice.steadyMillis());
    Reading to = on(() -> read(load));
    long notResumed = to.notResumed - from.notResumed;
    if (failure == null && notResumed > 0) {
      failure = notResumed + " full handshakes (expected: each resumes a session)";
    }
    if (failure == null && to.units == from.units && to.bytes == from.bytes) {
      failure = "no answer in the whole steady part";
    }
    if (failure != null) {
      return SliceResult.failed(failure);
    }
    return new SliceResult(
        to.units - from.units,
        to.bytes - from.bytes,
        (to.nanos - from.nanos) / 1e9,
        to.cpuSeconds - from.cpuSeconds,
        (to.foreignSeconds - from.foreignSeconds) / ((to.nanos - from.nanos) / 1e9),
        on(() -> load.counters.latencies.getValueAtPercentile(50)) / 1e3,
        on(() -> load.counters.latencies.getValueAtPercentile(99)) / 1e3,
        null);
  }

  private SliceResult awaitDone(Load load) throws InterruptedException {
    String failure = await(load, load::isDone, "answered");
    if (failure != null) {
      release();
      return SliceResult.failed(failure);
    }
    return SliceResult.counted(on(load::answer));
  }

  private @Nullable String await(Load load, Callable<Boolean> isReached, String what)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!on(isReached)) {
      String failure = pause(load, LOOK_MILLIS);
      if (failure != null) {
        return failure;
      }
      if (System.nanoTime() > deadline) {
        return "not all of %d connections %s after %d s (%d answered)"
            .formatted(load.slice.connections(), what, WAIT_SECONDS, on(() -> load.counters.units));
      }
    }
    return null;
  }

  private Reading read(Load load) {
    try {
      double cpuSeconds = ProcessTimes.cpuSeconds(load.slice.pids());
      return new Reading(
          load.counters.units,
          load.counters.bytes,
          load.counters.notResumed,
          System.nanoTime(),
          cpuSeconds,
          ProcessTimes.machineSeconds() - cpuSeconds - ProcessTimes.cpuSeconds(helpers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits as long as nothing fails. */
  private @Nullable String pause(Load load, int millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      List<String> failures = on(() -> load.failure() == null ? List.of() : List.of(failure(load)));
      if (!failures.isEmpty()) {
        return failures.getFirst();
      }
      if (left <= 0) {
        return null;
      }
      TimeUnit.MILLISECONDS.sleep(Math.min(left, LOOK_MILLIS));
    }
  }

  private static String failure(Load load) {
    return Objects.requireNonNull(load.failure());
  }

  private <T> T on(Callable<T> task) throws InterruptedException {
    try {
      return loops.next().submit(task).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Closes every connection that is open. */
  public void release() throws InterruptedException {
    open.close().await(5, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    Load load = begun;
    if (load != null) {
      on(() -> {
        load.stop();
        return true;
      });
    }
    release();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
  }
}
