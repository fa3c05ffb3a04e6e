package io.harborgateway.transport;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listening TCP sockets that this process has been given: by systemd, or by the process that it
 * replaces. They stay open here whatever their users do, so that no connection is refused while
 * nobody accepts. Thread-safe.
 */
public final class InheritedSockets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InheritedSockets.class);

  /** By the address for which they are used; several of one share it by SO_REUSEPORT. */
  private final Map<InetSocketAddress, List<FileDescriptor>> sockets = new HashMap<>();

  private final Set<InetSocketAddress> held = new HashSet<>();

  /**
   * Returns the address at which a socket listens.
   *
   * @throws IOException if it is no TCP socket
   */
  public static InetSocketAddress address(int descriptor) throws IOException {
    InetSocketAddress address = new Socket(descriptor).localAddress();
    if (address == null) {
      throw new IOException("no TCP socket");
    }
    return address;
  }

  /**
   * Adds a socket, which {@link #close} closes.
   *
   * @param descriptor of a listening TCP socket
   * @param address for which it is used
   * @throws IOException if the descriptor is not open
   */
  public synchronized void add(int descriptor, InetSocketAddress address) throws IOException {
    Descriptors.setNonBlocking(descriptor);
    sockets.computeIfAbsent(address, at -> new ArrayList<>()).add(new FileDescriptor(descriptor));
  }

  /**
   * Adds a socket until {@link #letGo}: it is nobody else's, and whoever closes its port wants
   * connections to be refused.
   */
  public synchronized void hold(int descriptor, InetSocketAddress address) throws IOException {
    add(descriptor, address);
    held.add(address);
  }

  /** Closes those that were {@linkplain #hold held}; their duplicates stay. */
  public synchronized void letGo() {
    held.forEach(address -> at(address).forEach(InheritedSockets::close));
    sockets.keySet().removeAll(held);
    held.clear();
  }

  /** Returns the sockets that stay whatever their users do, by the address for which they are. */
  public synchronized Map<InetSocketAddress, List<Integer>> lasting() {
    Map<InetSocketAddress, List<Integer>> lasting = new HashMap<>();
    sockets.forEach((address, all) -> {
      if (!held.contains(address)) {
        lasting.put(address, all.stream().map(FileDescriptor::intValue).toList());
      }
    });
    return lasting;
  }

  /** Whether one listens at this address. */
  public synchronized boolean has(InetSocketAddress address) {
    return !at(address).isEmpty();
  }

  /**
   * Returns duplicates of all sockets of this address, and more of them if there are fewer than
   * {@code least}. The caller closes them.
   *
   * @return empty if there is no socket of this address
   */
  public synchronized List<FileDescriptor> duplicates(InetSocketAddress address, int least)
      throws IOException {
    List<FileDescriptor> known = at(address);
    List<FileDescriptor> duplicates = new ArrayList<>();
    int count = known.isEmpty() ? 0 : Math.max(least, known.size());
    try {
      for (int i = 0; i < count; i++) {
        FileDescriptor socket = known.get(i % known.size());
        duplicates.add(new FileDescriptor(Descriptors.duplicate(socket.intValue())));
      }
    } catch (IOException e) {
      duplicates.forEach(InheritedSockets::close);
      throw e;
    }
    return duplicates;
  }

  /** One that listens at all IPv6 addresses listens at all IPv4 addresses, too. */
  private List<FileDescriptor> at(InetSocketAddress address) {
    List<FileDescriptor> same = sockets.get(address);
    if (same != null || !address.getAddress().isAnyLocalAddress()) {
      return same == null ? List.of() : same;
    }
    return sockets.entrySet().stream()
        .filter(each ->
            each.getKey().getPort() == address.getPort()
                && each.getKey().getAddress().isAnyLocalAddress())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(List.of());
  }

  /** Closes all: where nobody else has them, connections are refused. May be called again. */
  @Override
  public synchronized void close() {
    sockets.values().forEach(each -> each.forEach(InheritedSockets::close));
    sockets.clear();
    held.clear();
  }

  private static void close(FileDescriptor socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closed nevertheless", e); // the kernel has freed it
    }
  }
}
