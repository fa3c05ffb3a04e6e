package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.admin.AdminServer;
import io.harborgateway.announce.nats.InheritedRoute;
import io.harborgateway.config.AdminConfig;
import io.harborgateway.handover.Handed;
import io.harborgateway.handover.Handed.HandedSocket;
import io.harborgateway.handover.Link;
import io.harborgateway.handover.Offer;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.transport.Descriptors;
import io.harborgateway.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands this process's sockets to the one that replaces it; the other side is {@link TakeOver}.
 * Until that one has settled, this one can go on as if nothing had been, and does so whatever fails
 * there. Thread-safe.
 */
final class HandOver {
  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

  /** For a start of the other process to its first word: it has read its configuration then. */
  private static final Duration START = Duration.ofSeconds(60);

  /** For the other process to prove its upstreams and its way to the routers. */
  private static final Duration PROOF = Duration.ofSeconds(60);

  /** Nobody accepts meanwhile if the other process hangs: clients wait. */
  private static final Duration SETTLE = Duration.ofSeconds(3);

  /** For an attempt that was given up. */
  private static final Duration END = Duration.ofSeconds(10);

  /** From the new process: it needs so many milliseconds more. */
  static final String WAIT = "wait ";

  /** From the former process: it goes on. */
  static final String BACK = "back";

  /** For all that takes milliseconds. */
  static final Duration STEP = Duration.ofSeconds(10);

  private final Live live;
  private final DataPlane plane;
  private final Reconciler reconciler;
  private final Announcements announcements;
  private final DrainSequence draining;
  private final AdminServer admin;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private @Nullable Attempt attempt; // guarded by this

  /** Routes in a line: there may be a hundred thousand, and the heap is small. */
  private static final int ROUTES_IN_LINE = 1_000;

  /** Some of the routes that routers know from this process, as one line. */
  record Routes(List<InheritedRoute> announced) {}

  /**
   * An offer to another process.
   *
   * @param path on which the other process connects
   * @param result completes with its end: exceptionally if it has not taken over
   */
  record Attempt(Path path, Thread thread, CompletableFuture<Void> result) {
    /** Gives up: this process goes on. */
    void giveUp() {
      thread.interrupt();
    }
  }

  HandOver(
      Live live,
      DataPlane plane,
      Reconciler reconciler,
      Announcements announcements,
      DrainSequence draining,
      AdminServer admin) {
    this.live = live;
    this.plane = plane;
    this.reconciler = reconciler;
    this.announcements = announcements;
    this.draining = draining;
    this.admin = admin;
  }

  /**
   * Completes with the id of the process that has taken over: this one has nothing more to do than
   * to end.
   */
  CompletableFuture<Long> done() {
    return done;
  }

  /**
   * Waits for another process from now on, for at most a minute.
   *
   * @throws ActionRefusedException if this is not the time for it
   */
  synchronized Attempt offer() {
    if (plane.transport() != Transport.EPOLL) {
      throw new ActionRefusedException("sockets are handed over with transport epoll only");
    }
    if (attempt != null && !attempt.result.isDone()) {
      throw new ActionRefusedException("another process is taking over already");
    }
    if (draining.isDraining()) {
      throw new ActionRefusedException("the node is draining: there is nothing to hand over");
    }
    AdminConfig section = live.snapshot().config().admin();
    Path socket = section.socket();
    Path parent = socket == null ? null : socket.toAbsolutePath().getParent();
    Offer offer;
    try {
      offer =
          Offer.in(
              parent == null || !Offer.fits(parent)
                  ? Path.of(System.getProperty("java.io.tmpdir"))
                  : parent);
    } catch (IOException e) {
      throw new ActionRefusedException("not offered: " + e.getMessage());
    }
    var result = new CompletableFuture<Void>();
    Thread thread =
        Thread.ofPlatform().name("hand-over").daemon().unstarted(() -> serve(offer, result));
    attempt = new Attempt(offer.path(), thread, result);
    thread.start();
    return attempt;
  }

  /** Ends an attempt that goes on; returns when this process speaks for the node again. */
  void end() {
    Attempt current;
    synchronized (this) {
      current = attempt;
    }
    if (current != null && !done.isDone()) {
      current.giveUp();
      try {
        current.result.get(END.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        return; // as it was meant
      } catch (TimeoutException e) {
        LOG.warn("the hand-over does not end; left alone");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void serve(Offer offer, CompletableFuture<Void> result) {
    long process;
    try {
      process = new Conversation().run(offer);
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("not handed over, this process goes on: {}", e.getMessage());
      LOG.debug("not handed over", e);
      result.completeExceptionally(e);
      return;
    } finally {
      close(offer);
    }
    try {
      draining.stop(); // for good
      plane.inherited().letGo();
    } catch (RuntimeException e) {
      LOG.error("handed over, but not everything is let go", e);
    } finally {
      done.complete(process);
      result.complete(null);
    }
  }

  /** Whatever becomes of its folder, the other process has taken over, or not. */
  private static void close(Offer offer) {
    try {
      offer.close();
    } catch (IOException e) {
      LOG.warn("the folder of the hand-over is left behind: {}", e.getMessage());
    }
  }

  /** One attempt: knows what is to be undone. */
  private final class Conversation {
    private long generation;
    private Set<InetSocketAddress> accepting = Set.of();
    private boolean muted;
    private boolean released;

    /** Returns the id of the other process. */
    long run(Offer offer) throws IOException, TimeoutException {
      try (Link link = offer.accept(START)) {
        return run(link);
      }
    }

    private long run(Link link) throws IOException, TimeoutException {
      try {
        long process = Long.parseLong(link.line(STEP, "the new process does not say who it is"));
        LOG.info("process {} takes over", process);
        handSockets(link);
        link.expect("ready", PROOF, "the new process is not ready");
        checkThatNothingHasChanged();
        muted = true;
        draining.freeze(true);
        List<InheritedRoute> announced = announcements.mute();
        link.send("go", STEP);
        for (int i = 0; i < announced.size(); i += ROUTES_IN_LINE) {
          int end = Math.min(announced.size(), i + ROUTES_IN_LINE);
          link.send(Handed.line(new Routes(announced.subList(i, end))), STEP);
        }
        link.send("", STEP);
        awaitServing(link);
        released = true;
        release();
        link.send("released", STEP);
        link.expect("settled", SETTLE, "the new process has not settled");
        settle(link);
        return process;
      } catch (IOException | TimeoutException | RuntimeException e) {
        Thread.interrupted(); // given up: what follows is to be waited for
        goOn();
        sayThatItGoesOn(link);
        throw e;
      }
    }

    /** The other process may ask for time, in which routers forget what it does not have. */
    private void awaitServing(Link link) throws IOException {
      String what = "the new process does not serve";
      String line = link.line(STEP, what);
      while (line.startsWith(WAIT)) {
        line = link.line(STEP.plusMillis(Long.parseLong(line.substring(WAIT.length()))), what);
      }
      if (!line.equals("serving")) {
        throw new IOException("%s: \"%s\" (expected: \"serving\")".formatted(what, line));
      }
    }

    /** From here on this process does not go on, whatever becomes of the other one. */
    private void settle(Link link) {
      try {
        link.send("done", STEP);
      } catch (IOException e) {
        LOG.warn("the new process has not waited for the end: {}", e.getMessage());
      }
    }

    /** Otherwise the other process would serve what was there before. */
    private void checkThatNothingHasChanged() throws IOException {
      if (draining.isDraining()) {
        throw new IOException("the node is draining");
      }
      if (live.get().generation() != generation || !accepting.containsAll(accepting())) {
        throw new IOException(
            "the configuration or the open ports have changed meanwhile: try again");
      }
    }

    private Set<InetSocketAddress> accepting() {
      return reconciler.services().stream()
          .filter(ListenerService::isBound)
          .map(service -> ListenerService.address(service.section()))
          .collect(Collectors.toSet());
    }

    private void handSockets(Link link) throws IOException {
      generation = live.get().generation();
      accepting = accepting();
      List<HandedSocket> sockets = new ArrayList<>();
      List<Integer> descriptors = new ArrayList<>();
      plane
          .inherited()
          .lasting()
          .forEach((address, all) -> {
            HandedSocket socket = socket(address, true, reconciler.isBound(address));
            all.forEach(each -> {
              sockets.add(socket);
              descriptors.add(each);
            });
          });
      for (ListenerService service : reconciler.holding()) {
        InetSocketAddress address = ListenerService.address(service.section());
        if (!plane.inherited().has(address)) {
          HandedSocket socket = socket(address, false, true);
          service
              .descriptors()
              .forEach(each -> {
                sockets.add(socket);
                descriptors.add(each);
              });
        }
      }
      InetSocketAddress at = adminAddress();
      if (at != null && admin.descriptor() >= 0) {
        sockets.add(socket(at, false, false));
        descriptors.add(admin.descriptor());
      }
      link.send(Handed.line(handed(sockets)), STEP);
      link.expect("sockets", STEP, "the new process wants no sockets");
      for (int descriptor : descriptors) {
        link.sendDescriptor(descriptor, STEP);
      }
    }

    private HandedSocket socket(InetSocketAddress address, boolean lasting, boolean accepting) {
      return new HandedSocket(
          address.getAddress().getHostAddress(),
          address.getPort(),
          lasting,
          accepting,
          accepting && reconciler.isAnswering(address));
    }

    private Handed handed(List<HandedSocket> sockets) {
      Snapshot snapshot = live.snapshot();
      Path socket = snapshot.config().admin().socket();
      return new Handed(
          Handed.FORM,
          Version.text(),
          ProcessHandle.current().pid(),
          announcements.process(),
          sockets,
          socket == null ? null : socket.toString(),
          snapshot.routes().instances().stream()
              .filter(instance -> !snapshot.refused().containsKey(instance))
              .map(instance -> instance.guid().value())
              .collect(Collectors.toSet()),
          announcements.isConnected());
    }

    private void release() throws IOException {
      draining.handOver();
      reconciler.release();
      releaseAdmin();
    }

    private void releaseAdmin() throws IOException {
      InetSocketAddress at = adminAddress();
      if (at != null && admin.descriptor() >= 0) {
        plane.inherited().hold(Descriptors.duplicate(admin.descriptor()), at);
      }
      admin.release();
    }

    /** Undoes what was done, as much of it as is possible. */
    private void goOn() {
      try {
        if (muted) {
          acceptAgain();
        }
      } catch (IOException | RuntimeException e) {
        LOG.error("not everything is as before the hand-over: {}", e.getMessage(), e);
      } finally {
        if (muted) {
          announcements.unmute();
        }
        draining.freeze(false);
      }
    }

    /** Otherwise the other process would think that this one is no more. */
    private static void sayThatItGoesOn(Link link) {
      try {
        link.send(BACK, STEP);
      } catch (IOException e) {
        LOG.debug("the new process can't be told", e);
      }
    }

    private void acceptAgain() throws IOException {
      try {
        if (released) {
          draining.undo();
        }
        releaseAdmin(); // the other process may have taken the socket's path, and gone with it
        Path socket = live.snapshot().config().admin().socket();
        admin.start(adminAddress(), socket, plane.inherited(), true);
      } finally {
        plane.inherited().letGo();
      }
    }
  }

  private @Nullable InetSocketAddress adminAddress() {
    AdminConfig section = live.snapshot().config().admin();
    return section.port() == 0 ? null : new InetSocketAddress(section.address(), section.port());
  }
}
