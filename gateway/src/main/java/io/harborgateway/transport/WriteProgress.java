package io.harborgateway.transport;

import io.netty.channel.Channel;

/**
 * Tells a slow reader from one that has stopped: bytes written long ago that still get fewer are
 * progress, although nothing is received meanwhile. Confined to the channels' event loop.
 */
public final class WriteProgress {
  private long pendingBefore = Long.MAX_VALUE;

  /** Forgets what waited before, because more was written since. */
  public void restart() {
    pendingBefore = Long.MAX_VALUE;
  }

  /**
   * Tells whether bytes wait in these channels, and fewer than when asked before; the first time,
   * and after a {@link #restart}, whether any wait at all.
   */
  public boolean since(Channel... channels) {
    long pending = 0;
    for (Channel channel : channels) {
      pending += pendingBytes(channel);
    }
    boolean progress = pending > 0 && pending < pendingBefore;
    pendingBefore = pending;
    return progress;
  }

  private static long pendingBytes(Channel channel) {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }
}
