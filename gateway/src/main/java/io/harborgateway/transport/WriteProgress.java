package io.harborgateway.transport;

import io.netty.channel.Channel;

/**
 * Tells a slow reader from one that has stopped: bytes written long ago that still get fewer are
 * progress, although nothing is received meanwhile. Confined to the channels' event loop.
 */
public final class WriteProgress {
  private long pendingBefore = Long.MAX_VALUE;

  /** Tells whether bytes wait in these channels, and fewer than when asked before. */
  public boolean since(Channel one, Channel other) {
    long pending = pendingBytes(one) + pendingBytes(other);
    boolean progress = pending > 0 && pending < pendingBefore;
    pendingBefore = pending;
    return progress;
  }

  private static long pendingBytes(Channel channel) {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }
}
