package io.harborgateway.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks up one host name, each time on a new thread: a silent resolver blocks that thread and
 * nobody else. One lookup at a time.
 */
public final class Lookup {
  /** Resolves a name to addresses; blocks. */
  @FunctionalInterface
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** Called once per lookup, on its thread. */
  interface Callback {
    void found(List<InetAddress> addresses);

    void notFound(UnknownHostException cause);
  }

  /** The operating system's resolver: files, DNS, whatever nsswitch.conf says. */
  static final Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

  static {
    followNames();
  }

  private final String host;
  private final Resolver resolver;
  private final AtomicBoolean running = new AtomicBoolean();

  Lookup(String host, Resolver resolver) {
    this.host = host;
    this.resolver = resolver;
  }

  /**
   * Disables the JVM's lookup cache (30 s by default), which would hide that a name has moved: the
   * operating system's resolver caches where that is wanted. Must be called before the process's
   * first lookup.
   */
  public static void followNames() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /** Begins a lookup; does nothing while one is in progress. */
  void begin(Callback callback) {
    if (running.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("lookup " + host).start(() -> run(callback));
    }
  }

  private void run(Callback callback) {
    List<InetAddress> found;
    try {
      found = resolver.resolve(host);
    } catch (UnknownHostException e) {
      running.set(false);
      callback.notFound(e);
      return;
    } catch (RuntimeException e) {
      running.set(false);
      var failure = new UnknownHostException(host + ": " + e.getMessage());
      failure.initCause(e);
      callback.notFound(failure);
      return;
    }
    running.set(false);
    callback.found(found);
  }
}
