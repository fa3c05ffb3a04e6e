package io.harborgateway.transport;

import io.netty.channel.Channel;

/**
 * Distinguishes a slow reader from one that has stopped: a shrinking backlog of bytes written long
 * ago is progress, even if nothing is received in the meantime. Confined to the channels' event
 * loop.
 */
public final class WriteProgress {
  private long pendingBefore = Long.MAX_VALUE;

  /** Forgets the previous backlog, because more has been written since. */
  public void restart() {
    pendingBefore = Long.MAX_VALUE;
  }

  /**
   * Returns whether bytes are pending in these channels, and fewer than at the last call; on the
   * first call, and after {@link #restart}, whether any are pending at all.
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
