package io.harborgateway.tls;

import io.harborgateway.pace.PacedLine;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Bounds the handshakes of strangers: how many are in progress, over all listeners, and how many
 * each client begins in a second. Trusted clients are neither limited nor counted. A handshake
 * begins with a complete ClientHello, which costs next to nothing to receive. Thread-safe.
 */
public final class HandshakeLimits {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeLimits.class);

  /**
   * The limits.
   *
   * @param handshakes most handshakes in progress; 0 for no limit
   * @param perSecond most handshakes of a client in a second; 0 for no limit
   * @param trusted clients without a limit
   */
  public record Limits(int handshakes, int perSecond, Predicate<InetAddress> trusted) {
    /** No limits. */
    public static final Limits NONE = new Limits(0, 0, client -> true);

    boolean applyTo(InetAddress client) {
      return (handshakes > 0 || perSecond > 0) && !trusted.test(client);
    }
  }

  private final AtomicInteger inProgress = new AtomicInteger();
  private final PacedLine refusals = new PacedLine(LOG, Level.WARN);
  private volatile Limits limits = Limits.NONE;
  private volatile @Nullable ClientRates rates;

  /** Replaces the limits. Handshakes in progress go on. For any thread. */
  public void use(Limits next) {
    if (next.perSecond() == 0) {
      rates = null;
    } else if (rates == null) {
      rates = new ClientRates(System.nanoTime());
    }
    limits = next;
  }

  /** A handshake that is counted, or not: {@link #end} must be called once. */
  final class Permit {
    private final boolean isCounted;

    private Permit(boolean isCounted) {
      this.isCounted = isCounted;
    }

    void end() {
      if (isCounted) {
        inProgress.decrementAndGet();
      }
    }
  }

  /** The result of {@link #begin}: a permit, or the name of the limit that refuses it. */
  record Admission(@Nullable Permit permit, String refusedBy) {}

  /** Counts a handshake, if the limits admit it. */
  Admission begin(InetAddress client) {
    Limits now = limits;
    if (!now.applyTo(client)) {
      return new Admission(new Permit(false), "");
    }
    ClientRates table = rates;
    if (now.perSecond() > 0
        && table != null
        && !table.admit(client, now.perSecond(), System.nanoTime())) {
      return refused("handshake-rate", client);
    }
    if (inProgress.incrementAndGet() > now.handshakes() && now.handshakes() > 0) {
      inProgress.decrementAndGet();
      return refused("handshakes", client);
    }
    return new Admission(new Permit(true), "");
  }

  private Admission refused(String limit, InetAddress client) {
    refusals
        .line()
        .addArgument(limit)
        .addArgument(client::getHostAddress)
        .log("handshakes refused: limit={} client={}");
    return new Admission(null, limit);
  }

  /** Number of handshakes in progress that are counted. */
  public int inProgress() {
    return inProgress.get();
  }
}
