package io.harborgateway.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Joins what was received and not parsed yet with what has come since. */
public final class Received {
  private Received() {}

  /**
   * Returns a buffer with the readable octets of both, which are taken over.
   *
   * <p>Octets that were read are given up: a peer whose reads always end within a message would
   * else have all that it ever sent kept. What is copied for that is less than what is given up, so
   * the work stays linear in the octets.
   *
   * @param received null when nothing is waiting
   */
  public static ByteBuf join(@Nullable ByteBuf received, ByteBuf data, ByteBufAllocator allocator) {
    if (received == null) {
      return data;
    }
    ByteBuf waiting = received;
    if (received.isReadable() && received.readerIndex() > received.capacity() / 2) {
      if (received.refCnt() == 1) {
        received.discardReadBytes();
      } else { // slices of it are on their way
        waiting = allocator.buffer(received.readableBytes() + data.readableBytes());
        waiting.writeBytes(received);
        received.release();
      }
    }
    return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, waiting, data);
  }
}
