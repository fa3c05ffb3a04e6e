package io.harborgateway.control;

import io.harborgateway.announce.nats.InheritedRoute;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.handover.Handed;
import io.harborgateway.handover.Handed.HandedSocket;
import io.harborgateway.handover.Link;
import io.harborgateway.handover.Offer;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.transport.InheritedSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * Takes the sockets of the process that this one replaces; the other side is {@link HandOver}.
 * Confined to one thread; blocks.
 */
public final class TakeOver implements AutoCloseable {
  private final Link link;
  private final Handed handed;
  private final InheritedSockets sockets = new InheritedSockets();

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

  /** Whether the other process could speak to routers, or had nothing to say. */
  boolean wasConnected() {
    return handed.isConnected();
  }

  /** Whether the other process's admin endpoint has this socket. */
  boolean hasAdminSocket(Path path) {
    return path.toString().equals(handed.adminSocket());
  }

  /** Returns the addresses at which connections are accepted, and must be. */
  Set<InetSocketAddress> accepting() {
    return handed.sockets().stream()
        .filter(HandedSocket::isAccepting)
        .map(HandedSocket::at)
        .collect(Collectors.toSet());
  }

  /** Returns the GUIDs of instances that only the other process can serve. */
  List<String> lost(Snapshot snapshot) {
    return snapshot.refused().keySet().stream()
        .map(instance -> instance.guid())
        .map(InstanceGuid::value)
        .filter(guid -> !handed.refused().contains(guid))
        .sorted()
        .toList();
  }

  /**
   * Says that this process can go on where the other one ends.
   *
   * @return the routes that routers know: from now on the other process announces nothing
   */
  List<InheritedRoute> ready() throws IOException {
    link.send("ready", HandOver.STEP);
    link.expect("go", HandOver.STEP, "the other process does not let go");
    List<InheritedRoute> announced = new ArrayList<>();
    try {
      while (true) {
        String line = link.line(HandOver.STEP, "the routes do not come");
        if (line.isEmpty()) {
          return announced;
        }
        announced.addAll(Handed.read(line, HandOver.Routes.class).announced());
      }
    } catch (JacksonException e) {
      throw new IOException("the routes can't be understood: " + e.getOriginalMessage(), e);
    }
  }

  /** Says that this process accepts, and waits until the other one does not any more. */
  void serving() throws IOException {
    link.send("serving", HandOver.STEP);
    link.expect("released", HandOver.STEP, "the other process goes on to accept");
    sockets.letGo();
  }

  /** Says that this process needs the other one no longer, and ends the conversation. */
  void settled() throws IOException {
    link.send("settled", HandOver.STEP);
    link.close();
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
