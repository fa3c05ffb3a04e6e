package io.harborgateway.upstream;

import io.harborgateway.pace.PacedLine;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The lookups of all host names of the process. A resolver may be silent for minutes and can't be
 * interrupted, so each lookup blocks a platform thread (a virtual one would pin its carrier), and
 * there are at most {@link #MOST} of them. Others wait for their turn, in order.
 *
 * <p>Names that are likely to be silent must not delay the others, so the threads are divided by
 * what is known of a name: see {@link Speed}. A name is looked up once at a time; whoever asks
 * meanwhile gets the same answer. Thread-safe.
 */
public final class Lookups {
  /** What the last lookup of a name was like; each has threads of its own. */
  enum Speed {
    /** It was never looked up. Most threads: a start looks up all names. */
    NEW(32),
    /** It took less than {@link #PROMPT_LIMIT}. */
    PROMPT(16),
    /** It took longer, so the next one probably does, too. */
    SLOW(16);

    final int threads;

    Speed(int threads) {
      this.threads = threads;
    }
  }

  /** Most lookups in progress at a time; each has a thread and a file descriptor. */
  public static final int MOST = Speed.NEW.threads + Speed.PROMPT.threads + Speed.SLOW.threads;

  /** Resolves a name to addresses; blocks. */
  @FunctionalInterface
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** Called once per lookup, on any thread; must not block. */
  interface Callback {
    void found(List<InetAddress> addresses, Speed speed);

    /** There is no answer, or the name does not exist, for this human-readable reason. */
    void failed(String why, Speed speed);
  }

  /** The operating system's resolver: files, DNS, whatever nsswitch.conf says. */
  static final Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

  /** A resolver with a server that answers takes milliseconds, one that asks around some 100 ms. */
  static final Duration PROMPT_LIMIT = Duration.ofSeconds(1);

  /**
   * Pause after a thread could not be started. The JVM tries for some 10 ms and logs it, which
   * would keep the caller busy if there are many names.
   */
  static final Duration THREAD_PAUSE = Duration.ofSeconds(1);

  /** Shared by all upstreams. */
  static final Lookups PROCESS =
      new Lookups(SYSTEM, Thread.ofPlatform().daemon().name("lookup").factory());

  static {
    Lookup.followNames();
  }

  /** One lookup and those who wait for its answer; guarded by the lock. */
  private static final class Request {
    private final String host;
    private final Speed known;
    private final List<Callback> callbacks = new ArrayList<>();
    private boolean begun;

    Request(String host, Speed known) {
      this.host = host;
      this.known = known;
    }
  }

  /** The threads for names of one speed, and what waits for them; guarded by the lock. */
  private static final class Lane {
    private final Queue<Request> waiting = new ArrayDeque<>();
    private int threads;
  }

  private final Resolver resolver;
  private final ThreadFactory threads;
  private final PacedLine noThread = new PacedLine(LOG, Level.WARN);
  private final Object lock = new Object();
  private final Map<Speed, Lane> lanes = new EnumMap<>(Speed.class);
  private final Map<String, Request> open = new HashMap<>(); // by host
  private volatile long threadsFrom = System.nanoTime();

  Lookups(Resolver resolver, ThreadFactory threads) {
    this.resolver = resolver;
    this.threads = threads;
    for (Speed speed : Speed.values()) {
      lanes.put(speed, new Lane());
    }
  }

  /**
   * Begins a lookup, or joins the one in progress. It fails at once if there is no thread for it.
   *
   * @param known what the last lookup of this name was like
   */
  void begin(String host, Speed known, Callback callback) {
    Lane lane = lane(known);
    synchronized (lock) {
      Request request = open.get(host);
      if (request != null) {
        request.callbacks.add(callback);
        return;
      }
      request = new Request(host, known);
      request.callbacks.add(callback);
      open.put(host, request);
      lane.waiting.add(request);
      if (lane.threads == known.threads) {
        return;
      }
      lane.threads++;
    }
    startThread(lane);
  }

  /**
   * Takes back a request: its callback is no longer called, unless the lookup ends right now. A
   * lookup that nobody wants any more does not begin.
   */
  void cancel(String host, Callback callback) {
    synchronized (lock) {
      Request request = open.get(host);
      if (request == null || !request.callbacks.remove(callback)) {
        return;
      }
      if (request.callbacks.isEmpty() && !request.begun) {
        open.remove(host);
        lane(request.known).waiting.remove(request);
      }
    }
  }

  /** Returns whether a lookup of the name waits for others to end. */
  boolean isWaiting(String host) {
    synchronized (lock) {
      Request request = open.get(host);
      return request != null && !request.begun;
    }
  }

  private Lane lane(Speed speed) {
    return Objects.requireNonNull(lanes.get(speed));
  }

  private void startThread(Lane lane) {
    if (System.nanoTime() - threadsFrom < 0) {
      giveUp(lane);
      return;
    }
    try {
      threads.newThread(() -> work(lane)).start();
    } catch (OutOfMemoryError e) { // of threads, which the system or a cgroup limits
      threadsFrom = System.nanoTime() + THREAD_PAUSE.toNanos();
      noThread.line().setCause(e).log("host names are not looked up: no thread can be started");
      giveUp(lane);
    }
  }

  /**
   * Without a new thread, the others of the lane serve those that wait; without any, nobody may.
   */
  private void giveUp(Lane lane) {
    List<Request> dropped;
    synchronized (lock) {
      lane.threads--;
      if (lane.threads > 0) {
        return;
      }
      dropped = List.copyOf(lane.waiting);
      lane.waiting.clear();
    }
    for (Request each : dropped) {
      end(each, told -> told.failed("no thread for the look-up", each.known));
    }
  }

  private void work(Lane lane) {
    for (Request next = next(lane); next != null; next = next(lane)) {
      Thread.currentThread().setName("lookup " + next.host);
      resolve(next);
    }
  }

  /** Returns the next request; null if there is none, and then the calling thread must end. */
  private @Nullable Request next(Lane lane) {
    synchronized (lock) {
      Request next = lane.waiting.poll();
      if (next == null) {
        lane.threads--;
      } else {
        next.begun = true;
      }
      return next;
    }
  }

  private void resolve(Request request) {
    long begunAt = System.nanoTime();
    try {
      List<InetAddress> found = resolver.resolve(request.host);
      Speed speed = speed(begunAt);
      end(request, told -> told.found(found, speed));
    } catch (UnknownHostException | RuntimeException | Error e) {
      LOG.debug("host name {} not resolved", request.host, e);
      String why = e instanceof UnknownHostException ? "not found" : "the look-up failed: " + e;
      Speed speed = speed(begunAt);
      end(request, told -> told.failed(why, speed));
    }
  }

  private static Speed speed(long begunAt) {
    return System.nanoTime() - begunAt < PROMPT_LIMIT.toNanos() ? Speed.PROMPT : Speed.SLOW;
  }

  private void end(Request request, Consumer<Callback> answer) {
    synchronized (lock) {
      open.remove(request.host, request); // so nobody joins any more; another may have its place
    }
    for (Callback each : request.callbacks) {
      try {
        answer.accept(each);
      } catch (RuntimeException | Error e) { // others wait for this thread
        LOG.error("the answer for host name {} was not taken", request.host, e);
      }
    }
  }
}
