package io.harborgateway.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks one host name up, each time on a thread of its own: a resolver that is silent keeps this
 * thread, and nobody else. One look-up at a time.
 */
public final class Lookup {
  /** How a name becomes addresses; blocks. */
  @FunctionalInterface
  interface Resolver {
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** Told once for each look-up, on its thread. */
  interface Callback {
    void found(List<InetAddress> addresses);

    void notFound(UnknownHostException cause);
  }

  /** The resolver of the operating system: files, DNS, whatever nsswitch.conf says. */
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
   * Keeps the JVM from remembering look-ups (30 s by default), which would hide that a name moved:
   * the operating system's resolver has caches where they are wanted. To be called before the first
   * look-up of the process.
   */
  public static void followNames() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /** Begins a look-up; does nothing while one is under way. */
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
