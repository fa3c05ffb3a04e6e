package io.harborgateway.testkit;

import io.harborgateway.testkit.LoadReport.Outcome;
import io.harborgateway.testkit.LoadReport.Sample;
import io.harborgateway.testkit.LoadReport.Upload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;

/**
 * Requests through {@link Gorouter}s, each through any of them, until it is stopped; and long
 * uploads beside them, if wanted. Each thread sends its next request when it has the response to
 * the one before, so that no more are under way than there are threads.
 */
public final class RouterLoad implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
  private static final int KEPT_FAILURES = 200;
  private static final int KEPT_ATTEMPTS = 1_000;

  private final Plan plan;
  private final Pace pace;
  private final List<Thread> threads = new ArrayList<>();
  private final List<LongUpload> uploads = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class); // these guarded by this
  private final List<Sample> failed = new ArrayList<>();
  private final List<Attempt> failedAttempts = new ArrayList<>();
  private final List<Upload> ended = new ArrayList<>();
  private final List<Throwable> broken = new ArrayList<>();
  private volatile boolean stopping;

  private RouterLoad(Plan plan) {
    this.plan = plan;
    this.pace = new Pace(plan.requestsPerSecond);
  }

  /** What to send. Mutable while it is put together. */
  public static final class Plan {
    private final List<Gorouter> routers;
    private int threadCount = 8;
    private int requestsPerSecond = 100;
    private LongFunction<RouterRequest> requests = mixed("localhost");
    private IntPredicate expectedStatus = status -> status < 400;
    private int uploadCount;
    private int uploadBytesPerSecond = 10_000;
    private RouterRequest upload = RouterRequest.of("PATCH", "localhost", "/");

    private Plan(List<Gorouter> routers) {
      this.routers = routers;
    }

    /** How many threads send requests; 8 unless set. */
    public Plan threads(int count) {
      threadCount = count;
      return this;
    }

    /** No more than that many a second, of all threads together; 100 unless set. */
    public Plan requestsPerSecond(int rate) {
      requestsPerSecond = rate;
      return this;
    }

    /** The requests by their number from 0. */
    public Plan requests(LongFunction<RouterRequest> byNumber) {
      requests = byNumber;
      return this;
    }

    /** Which status of a backend is no failure; below 400 unless set. */
    public Plan expecting(IntPredicate status) {
      expectedStatus = status;
      return this;
    }

    /** So many uploads at the same time as the requests, each with a chunked body that is slow. */
    public Plan uploads(int count, int bytesPerSecond, RouterRequest request) {
      uploadCount = count;
      uploadBytesPerSecond = bytesPerSecond;
      upload = request;
      return this;
    }

    /** Begins. */
    public RouterLoad start() {
      var load = new RouterLoad(this);
      load.start();
      return load;
    }
  }

  /** Begins to say what to send. */
  public static Plan through(Gorouter... routers) {
    return new Plan(List.of(routers));
  }

  /** GETs of {@code /v2/} and, every other time, POSTs of 2 KiB to {@code /v2/a/blobs/uploads/}. */
  public static LongFunction<RouterRequest> mixed(String... hosts) {
    byte[] body = new byte[2 << 10];
    return number -> {
      String host = hosts[(int) (number / 2 % hosts.length)];
      return number % 2 == 0
          ? RouterRequest.get(host, "/v2/")
          : RouterRequest.post(host, "/v2/a/blobs/uploads/", body);
    };
  }

  /** How many requests have their response, without the uploads. */
  public synchronized long completed() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Waits up to 60 s for that many more responses. */
  public void awaitMore(long responses) {
    long enough = completed() + responses;
    Await.until(responses + " more responses", STOP_TIMEOUT, () -> completed() >= enough);
  }

  /** Waits up to 60 s until each upload has written that many bytes, or has ended. */
  public void awaitUploaded(long bytes) {
    Await.until(
        "uploads of " + bytes + " bytes",
        STOP_TIMEOUT,
        () -> endedUploads() + uploadsWith(bytes) >= uploads.size());
  }

  private synchronized int endedUploads() {
    return ended.size();
  }

  private long uploadsWith(long bytes) {
    return uploads.stream().filter(upload -> upload.bytes() >= bytes).count();
  }

  /** Lets the uploads come to their end, which they do by themselves; {@link #stop()} waits. */
  public void finishUploads() {
    uploads.forEach(LongUpload::finish);
  }

  /** Ends the uploads, sends no other request, and waits for what is under way, up to 60 s. */
  public LoadReport stop() {
    stopping = true;
    finishUploads();
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
    for (Thread thread : threads) {
      join(thread, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }
    synchronized (this) {
      if (!broken.isEmpty()) {
        throw new AssertionError("a thread of the load broke", broken.getFirst());
      }
      return new LoadReport(counts, failed, failedAttempts, ended);
    }
  }

  /** Stops, if it was not. */
  @Override
  public void close() {
    stop();
  }

  private static void join(Thread thread, Duration atMost) {
    try {
      if (!thread.join(atMost)) {
        throw new AssertionError("not ended " + STOP_TIMEOUT + " after the stop: " + thread);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a load ended", e);
    }
  }

  private void start() {
    for (int i = 0; i < plan.uploadCount; i++) {
      uploads.add(new LongUpload(plan.uploadBytesPerSecond));
    }
    uploads.forEach(upload -> run(() -> send(upload)));
    for (int i = 0; i < plan.threadCount; i++) {
      run(this::sendRequests);
    }
  }

  private void run(Runnable work) {
    Runnable guarded =
        () -> {
          try {
            work.run();
          } catch (RuntimeException | AssertionError e) {
            synchronized (this) {
              broken.add(e);
            }
          }
        };
    threads.add(Thread.ofVirtual().name("router load").start(guarded));
  }

  private void sendRequests() {
    while (!stopping) {
      pace.await();
      count(send(plan.requests.apply(sent.getAndIncrement())));
    }
  }

  private void send(LongUpload upload) {
    Sample sample = send(plan.upload.chunked(upload::writeTo));
    synchronized (this) {
      ended.add(new Upload(upload.bytes(), upload.isIntact(sample.response()), sample));
    }
  }

  private Sample send(RouterRequest request) {
    int any = ThreadLocalRandom.current().nextInt(plan.routers.size());
    Instant began = Instant.now();
    RouterResponse response = plan.routers.get(any).request(request);
    Duration took = Duration.between(began, Instant.now());
    return new Sample(request.toString(), began, took, outcome(response), response);
  }

  private Outcome outcome(RouterResponse response) {
    if (response.isOfRouter()) {
      return Outcome.ROUTER_ERROR;
    }
    if (response.isCut()) {
      return Outcome.CUT;
    }
    if (!plan.expectedStatus.test(response.status())) {
      return Outcome.UNEXPECTED_STATUS;
    }
    return response.isRetried() ? Outcome.RETRIED : Outcome.SUCCEEDED;
  }

  private synchronized void count(Sample sample) {
    counts.merge(sample.outcome(), 1L, Long::sum);
    if (!sample.isServed() && failed.size() < KEPT_FAILURES) {
      failed.add(sample);
    }
    sample.response().attempts().stream()
        .filter(attempt -> attempt.failure() != null)
        .limit(KEPT_ATTEMPTS - failedAttempts.size())
        .forEach(failedAttempts::add);
  }

  /** Deals out the times at which requests may begin; what was missed is not made up for. */
  private static final class Pace {
    private final long stepNanos;
    private long next = System.nanoTime(); // guarded by this

    Pace(int perSecond) {
      stepNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    }

    void await() {
      long due = next();
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    private synchronized long next() {
      long due = Math.max(next, System.nanoTime());
      next = due + stepNanos;
      return due;
    }
  }
}
