package io.harborgateway.control;

import io.harborgateway.announce.nats.InheritedRoute;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.handover.Handed;
import io.harborgateway.handover.Handed.HandedSocket;
import io.harborgateway.handover.Link;
import io.harborgateway.handover.Offer;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.transport.InheritedSockets;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Takes the sockets of the process that this one replaces; the other side is {@link HandOver}.
 * Confined to one thread; blocks.
 */
public final class TakeOver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);

  private final Link link;
  private final Handed handed;
  private final InheritedSockets sockets = new InheritedSockets();
  private boolean isAlone;

  private TakeOver(Link link, Handed handed) {
    this.link = link;
    this.handed = handed;
  }

  /**
   * Receives the other process's sockets. It goes on to serve until {@link Gateway#takeOver}.
   *
   * @param path where it offers them
   * @throws IOException if it does not
   */
  public static TakeOver from(Path path) throws IOException {
    Link link = Offer.connect(path);
    try {
      link.send(Long.toString(ProcessHandle.current().pid()), HandOver.STEP);
      Handed handed = read(link.line(HandOver.STEP, "the other process hands nothing over"));
      var takeOver = new TakeOver(link, handed);
      takeOver.receive();
      return takeOver;
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  private static Handed read(String line) throws IOException {
    try {
      Handed handed = Handed.read(line, Handed.class);
      if (handed.form() != Handed.FORM) {
        throw new IOException(
            "the other process (%s) hands over in form %d (expected: %d)"
                .formatted(handed.version(), handed.form(), Handed.FORM));
      }
      return handed;
    } catch (JacksonException e) {
      throw new IOException("the other process can't be understood: " + e.getOriginalMessage(), e);
    }
  }

  private void receive() throws IOException {
    link.send("sockets", HandOver.STEP);
    for (HandedSocket socket : handed.sockets()) {
      int descriptor = link.descriptor(HandOver.STEP);
      if (socket.isLasting()) {
        sockets.add(descriptor, socket.at());
      } else {
        sockets.hold(descriptor, socket.at());
      }
    }
  }

  /** Returns the sockets, which its user closes. */
  InheritedSockets sockets() {
    return sockets;
  }

  /** Returns the id by which routers know both processes. */
  UUID process() {
    return handed.process();
  }

  /** Returns the other process, unless it has ended. */
  @Nullable ProcessHandle predecessor() {
    return ProcessHandle.of(handed.pid()).orElse(null);
  }

  /** Whether the other process could speak to routers, or had nothing to say. */
  boolean wasConnected() {
    return handed.isConnected();
  }

  /** Whether the other process's admin endpoint has this socket. */
  boolean hasAdminSocket(Path path) {
    String its = handed.adminSocket();
    return its != null && real(path).equals(real(Path.of(its)));
  }

  /** The socket may have been replaced: its folder is what counts. */
  private static Path real(Path socket) {
    Path absolute = socket.toAbsolutePath();
    try {
      return absolute.resolveSibling("").toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      return absolute;
    }
  }

  /** Returns the addresses at which connections are accepted, and must be. */
  Set<InetSocketAddress> accepting() {
    return addresses(HandedSocket::isAccepting);
  }

  /** Returns the addresses at which connections are answered by an upstream, and must be. */
  Set<InetSocketAddress> answering() {
    return addresses(HandedSocket::isAnswering);
  }

  private Set<InetSocketAddress> addresses(Predicate<HandedSocket> condition) {
    return handed.sockets().stream()
        .filter(condition)
        .map(HandedSocket::at)
        .collect(Collectors.toSet());
  }

  /**
   * @throws IOException if the other process serves instances that this one can't, whether their
   *     certificates or what says of them can't be read
   */
  void check(Snapshot snapshot) throws IOException {
    Set<String> lost = new TreeSet<>();
    snapshot.refused().keySet().forEach(instance -> lost.add(instance.guid().value()));
    lost.retainAll(handed.instances());
    if (!lost.isEmpty()) {
      throw new IOException(
          "instances that are served could not be served any more: " + String.join(", ", lost));
    }
    lost.addAll(handed.instances());
    snapshot.routes().instances().forEach(instance -> lost.remove(instance.guid().value()));
    List<Problem> problems = snapshot.sources().problems();
    boolean isUnheard =
        snapshot.config().instancesBucket() != null && snapshot.sources().bucket().keys().isEmpty();
    if (!lost.isEmpty() && (isUnheard || !problems.isEmpty())) {
      throw new IOException(
          "instances that are served are not known here: %s%s%s"
              .formatted(
                  lost.iterator().next(),
                  lost.size() == 1 ? "" : " and " + (lost.size() - 1) + " more",
                  isUnheard
                      ? ", and nothing has been heard from the bucket yet"
                      : ", and not everything can be read: " + problems.getFirst()));
    }
  }

  /**
   * Says that this process can go on where the other one ends.
   *
   * @return the routes that routers know: from now on the other process announces nothing
   */
  List<InheritedRoute> ready() throws IOException {
    List<InheritedRoute> announced = new ArrayList<>();
    unlessAlone(() -> {
      link.send("ready", HandOver.STEP);
      link.expect("go", HandOver.STEP, "the other process does not let go");
      String what = "the routes do not come";
      for (String line = link.line(HandOver.STEP, what);
          !line.isEmpty();
          line = link.line(HandOver.STEP, what)) {
        announced.addAll(Handed.read(line, HandOver.Routes.class).announced());
      }
    });
    return announced;
  }

  /** Tells the other process that the next step comes this much later. */
  void delay(Duration time) throws IOException {
    unlessAlone(() -> link.send(HandOver.WAIT + time.toMillis(), HandOver.STEP));
  }

  /** Whether the other process has ended, so that nobody else serves. */
  boolean isAlone() {
    return isAlone;
  }

  /** Says that this process accepts, and waits until the other one does not any more. */
  void serving() throws IOException {
    unlessAlone(() -> {
      link.send("serving", HandOver.STEP);
      link.expect("released", HandOver.STEP, "the other process goes on to accept");
    });
    sockets.letGo();
  }

  /** Says that this process needs the other one no longer, and ends the conversation. */
  void settled() throws IOException {
    unlessAlone(() -> {
      link.send("settled", HandOver.STEP);
      link.expect("done", HandOver.STEP, "the other process does not end");
    });
    link.close();
  }

  /** A step of the conversation. */
  private interface Step {
    void run() throws IOException;
  }

  /**
   * Takes a step. If the other process has ended without saying that it goes on, then nobody else
   * serves, and this process does.
   */
  private void unlessAlone(Step step) throws IOException {
    if (isAlone) {
      return;
    }
    try {
      step.run();
    } catch (EOFException e) {
      if (saysThatItGoesOn()) {
        throw new IOException("the other process goes on", e);
      }
      isAlone = true;
      LOG.warn("the other process has ended before it handed over: {}", e.getMessage());
    } catch (JacksonException e) {
      throw new IOException("the routes can't be understood: " + e.getOriginalMessage(), e);
    }
  }

  /** Reads what the other process may have said before it closed its end. */
  private boolean saysThatItGoesOn() {
    try {
      while (true) {
        if (link.line(HandOver.STEP, "a last word").equals(HandOver.BACK)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "as the process of version " + handed.version() + " has it";
  }

  /** Ends the conversation: unless this process has settled, the other one goes on. */
  @Override
  public void close() throws IOException {
    link.close();
  }
}
