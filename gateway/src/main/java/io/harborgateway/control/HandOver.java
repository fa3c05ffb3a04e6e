package io.harborgateway.control;

import io.harborgateway.admin.ActionRefusedException;
import io.harborgateway.admin.AdminServer;
import io.harborgateway.announce.nats.InheritedRoute;
import io.harborgateway.config.AdminConfig;
import io.harborgateway.config.values.InstanceGuid;
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
import java.util.concurrent.CompletableFuture;
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
      offer = Offer.in(parent == null ? Path.of(System.getProperty("java.io.tmpdir")) : parent);
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

  private void serve(Offer offer, CompletableFuture<Void> result) {
    try {
      long process;
      try (offer) {
        process = new Conversation().run(offer);
      }
      draining.stop(); // for good
      plane.inherited().letGo();
      done.complete(process);
      result.complete(null);
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("not handed over, this process goes on: {}", e.getMessage());
      LOG.debug("not handed over", e);
      result.completeExceptionally(e);
    }
  }

  /** One attempt: knows what is to be undone. */
  private final class Conversation {
    private boolean muted;
    private boolean released;

    /** Returns the id of the other process. */
    long run(Offer offer) throws IOException, TimeoutException {
      try (Link link = offer.accept(START)) {
        long process = Long.parseLong(link.line(STEP, "the new process does not say who it is"));
        LOG.info("process {} takes over", process);
        handSockets(link);
        link.expect("ready", PROOF, "the new process is not ready");
        muted = true;
        List<InheritedRoute> announced = announcements.mute();
        link.send("go", STEP);
        for (int i = 0; i < announced.size(); i += ROUTES_IN_LINE) {
          int end = Math.min(announced.size(), i + ROUTES_IN_LINE);
          link.send(Handed.line(new Routes(announced.subList(i, end))), STEP);
        }
        link.send("", STEP);
        link.expect("serving", STEP, "the new process does not serve");
        released = true;
        release();
        link.send("released", STEP);
        link.expect("settled", SETTLE, "the new process has not settled");
        return process;
      } catch (IOException | TimeoutException | RuntimeException e) {
        goOn();
        throw e;
      }
    }

    private void handSockets(Link link) throws IOException {
      List<HandedSocket> sockets = new ArrayList<>();
      List<Integer> descriptors = new ArrayList<>();
      plane
          .inherited()
          .lasting()
          .forEach((address, all) -> {
            boolean accepts = reconciler.isBound(address);
            all.forEach(each -> add(sockets, descriptors, address, each, true, accepts));
          });
      for (ListenerService service : reconciler.holding()) {
        InetSocketAddress address = ListenerService.address(service.section());
        if (!plane.inherited().has(address)) {
          service
              .descriptors()
              .forEach(each -> add(sockets, descriptors, address, each, false, true));
        }
      }
      InetSocketAddress at = adminAddress();
      if (at != null && admin.descriptor() >= 0) {
        add(sockets, descriptors, at, admin.descriptor(), false, false);
      }
      link.send(Handed.line(handed(sockets)), STEP);
      link.expect("sockets", STEP, "the new process wants no sockets");
      for (int descriptor : descriptors) {
        link.sendDescriptor(descriptor, STEP);
      }
    }

    private void add(
        List<HandedSocket> sockets,
        List<Integer> descriptors,
        InetSocketAddress address,
        int descriptor,
        boolean lasting,
        boolean accepting) {
      String host = address.getAddress().getHostAddress();
      sockets.add(new HandedSocket(host, address.getPort(), lasting, accepting));
      descriptors.add(descriptor);
    }

    private Handed handed(List<HandedSocket> sockets) {
      Snapshot snapshot = live.snapshot();
      Path socket = snapshot.config().admin().socket();
      return new Handed(
          Handed.FORM,
          Version.text(),
          announcements.process(),
          sockets,
          socket == null ? null : socket.toString(),
          snapshot.refused().keySet().stream()
              .map(instance -> instance.guid())
              .map(InstanceGuid::value)
              .collect(Collectors.toSet()),
          announcements.isConnected());
    }

    private void release() throws IOException {
      draining.handOver();
      reconciler.release();
      InetSocketAddress at = adminAddress();
      if (at != null && admin.descriptor() >= 0) {
        plane.inherited().hold(Descriptors.duplicate(admin.descriptor()), at);
      }
      admin.release();
    }

    /** Undoes what was done, as much of it as is possible. */
    private void goOn() {
      try {
        if (released) {
          acceptAgain();
        }
      } catch (IOException | RuntimeException e) {
        LOG.error("not everything is as before the hand-over: {}", e.getMessage(), e);
      } finally {
        if (muted) {
          announcements.unmute();
        }
      }
    }

    private void acceptAgain() throws IOException {
      try {
        draining.undo();
        admin.release(); // unless it was
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
