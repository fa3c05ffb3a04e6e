package io.harborgateway.listen;

import io.harborgateway.metrics.ListenerMeters;
import io.harborgateway.metrics.Meters;
import io.harborgateway.pace.PacedLine;
import io.harborgateway.transport.DescriptorLimit;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Decides whether a connection that a listener has accepted is admitted: counts it, or refuses it
 * beyond a limit. Also reports why accepting pauses. Safe for use on any event loop.
 */
final class Admission {
  /** How long accepting pauses when the process is out of file descriptors. */
  static final int PAUSE_SECONDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final ConnectionLimits limits;
  private final ListenerMeters meters;
  private final Meters allMeters;
  private final PacedLine pauses = new PacedLine(LOG, Level.ERROR);
  private final PacedLine refusals = new PacedLine(LOG, Level.WARN);

  Admission(ConnectionLimits limits, ListenerMeters meters, Meters allMeters) {
    this.limits = limits;
    this.meters = meters;
    this.allMeters = allMeters;
    // Loads these classes now: without descriptors, a class can no longer be read from its file.
    LOG.atTrace()
        .addArgument(DescriptorLimit.caused(new IOException()))
        .log("descriptors: exhausted={}");
  }

  /**
   * Counts a connection if the limits admit it.
   *
   * @return null, or the limit it exceeds: then it must be {@linkplain #refused refused}
   */
  @Nullable String admit(InetAddress client) {
    String limit = limits.acquire(client);
    if (limit == null) {
      meters.connectionOpened();
    }
    return limit;
  }

  /** Counts and logs a connection that is reset. */
  void refused(String limit, InetAddress client) {
    meters.connectionRefused(limit);
    refusals
        .line()
        .addArgument(limit)
        .addArgument(client::getHostAddress)
        .log("connections refused: limit={} client={}");
  }

  /** Uncounts a connection that was admitted. */
  void closed(InetAddress client) {
    limits.release(client);
    meters.connectionClosed();
  }

  /** Counts and logs that accepting pauses. */
  void paused(Throwable cause) {
    boolean outOfDescriptors = DescriptorLimit.caused(cause);
    pauses.log(
        "accepting paused: "
            + (outOfDescriptors ? "out of file descriptors" : String.valueOf(cause)));
    allMeters.acceptPaused();
  }
}
