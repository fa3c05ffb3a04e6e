package io.harborgateway.control;

import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.WhenDown;
import io.harborgateway.http.KeepAlivePolicy;
import io.harborgateway.lifecycle.Condition;
import io.harborgateway.lifecycle.ListenerEvent;
import io.harborgateway.lifecycle.Readiness;
import io.harborgateway.listen.ConnectionPath;
import io.harborgateway.listen.Listener;
import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.route.Instance;
import io.harborgateway.snapshot.Snapshot;
import io.harborgateway.transport.Descriptors;
import io.harborgateway.transport.InheritedSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener with everything its connections use, for as long as its address and protocol stay the
 * same. Its other settings may change; open connections keep those they were accepted with. Methods
 * not marked as for any thread are confined to the control thread.
 */
abstract sealed class ListenerService permits HttpListener, TcpListener {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerService.class);

  private final UpstreamSet upstreams;
  private final ListenerMeters meters;
  private final Listener listener;
  private volatile ListenerConfig section;
  private @Nullable Condition condition;

  ListenerService(
      ListenerConfig section, UpstreamSet upstreams, ListenerMeters meters, ConnectionPath path) {
    this.section = section;
    this.upstreams = upstreams;
    this.meters = meters;
    this.listener = new Listener(section.name(), address(section), path, meters);
  }

  static InetSocketAddress address(ListenerConfig section) {
    return new InetSocketAddress(section.address(), section.port());
  }

  /** Whether the other is the same listener with other settings. */
  static boolean isSame(ListenerConfig one, ListenerConfig other) {
    return one.name().equals(other.name())
        && one.address().equals(other.address())
        && one.port() == other.port()
        && one.protocol() == other.protocol();
  }

  /** Returns the path of connections accepted with these settings. */
  abstract ConnectionPath path(ListenerConfig next, Snapshot snapshot);

  /** Sets what happens to HTTP connections after their response. For any thread. */
  abstract void keep(KeepAlivePolicy policy);

  /**
   * Closes idle HTTP connections. For any thread.
   *
   * @param which the instances whose connections are closed, by certificate
   * @param withoutTls whether connections without TLS are closed, too
   */
  abstract void closeIdle(DataPlane plane, Predicate<Instance> which, boolean withoutTls);

  /** Sets which instances other nodes are known to serve. */
  abstract void servedElsewhere(Predicate<Instance> which);

  /** Whether requests lead to instances, so that each is announced separately. */
  abstract boolean servesInstances();

  /** Puts it into use: readiness shows it. */
  void install(Readiness readiness) {
    String name = name();
    String address = address().toString();
    condition =
        readiness.condition(
            "listener " + name, (now, ready) -> ListenerEvent.of(name, address, now, ready));
  }

  /** Removes it from readiness; its closing is still reported. */
  void uninstall(Readiness readiness) {
    if (condition != null) {
      readiness.remove(condition);
    }
  }

  /** Uses other settings for connections accepted from now on. */
  void use(ListenerConfig next, Snapshot snapshot) {
    section = next;
    listener.use(path(next, snapshot));
  }

  /** For any thread. */
  String name() {
    return section.name();
  }

  /** For any thread. */
  ListenerConfig section() {
    return section;
  }

  /** For any thread. */
  UpstreamSet upstreams() {
    return upstreams;
  }

  ListenerMeters meters() {
    return meters;
  }

  /** For any thread. */
  boolean hasTls() {
    return section.protocol() == Protocol.HTTPS;
  }

  /** Whether the port is closed while no upstream answers. */
  boolean closesWhenDown() {
    WhenDown way = section.whenDown();
    return way == WhenDown.CLOSE || (way == WhenDown.AUTO && !hasTls());
  }

  /** For any thread. */
  boolean isBound() {
    return listener.isBound();
  }

  /** Returns the address on which it accepts, or will accept. For any thread. */
  InetSocketAddress address() {
    return listener.address();
  }

  /**
   * @throws IOException if the address can't be bound, and no socket was given for it
   */
  void tryAddress(DataPlane plane) throws IOException {
    if (!plane.inherited().has(address(section))) {
      listener.tryAddress(plane.transport());
    }
  }

  /**
   * Checks the address of a listener that does not exist yet.
   *
   * @throws IOException if the address can't be bound, and no socket was given for it
   */
  static void tryAddress(ListenerConfig section, int port, DataPlane plane) throws IOException {
    if (!plane.inherited().has(address(section))) {
      var address = new InetSocketAddress(section.address(), port);
      Listener.tryAddress(section.name(), address, plane.transport());
    }
  }

  /** Whether only one of the two can be bound. */
  static boolean overlap(ListenerConfig one, ListenerConfig other) {
    return one.port() == other.port()
        && (one.address().equals(other.address()) || isAny(one) || isAny(other));
  }

  private static boolean isAny(ListenerConfig section) {
    return address(section).getAddress().isAnyLocalAddress();
  }

  /**
   * Binds and begins to accept.
   *
   * @throws IOException if the address can't be bound
   */
  void bind(DataPlane plane) throws IOException {
    try {
      listener.bind(
          plane.transport(), plane.eventLoops(), plane.inherited(), plane.limits(), plane.meters());
      isBound(true, "");
    } catch (IOException e) {
      isBound(false, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Returns the descriptors of its sockets; none while it is not bound. For any thread. */
  List<Integer> descriptors() {
    return listener.descriptors();
  }

  /** Holds its sockets, so that they go on to listen when it is closed. */
  void hold(InheritedSockets sockets) {
    if (sockets.has(address(section))) {
      return; // a supervisor's
    }
    for (int descriptor : descriptors()) {
      try {
        sockets.hold(Descriptors.duplicate(descriptor), address(section));
      } catch (IOException e) {
        LOG.warn("listener {}: a socket is not held: {}", this, e.getMessage());
      }
    }
  }

  /**
   * Stops accepting; open connections are unaffected.
   *
   * @param why human-readable
   */
  void close(String why) {
    if (isBound()) {
      listener.close();
      isBound(false, why);
    }
  }

  /** Records that it is bound, or why not. */
  void isBound(boolean bound, String why) {
    if (condition == null) {
      return;
    }
    if (bound) {
      condition.met();
    } else {
      condition.notMet(why);
    }
  }

  /** Returns why it is not bound. */
  String unboundReason() {
    return condition == null ? "closed" : condition.status().reason();
  }

  @Override
  public String toString() {
    return name();
  }
}
