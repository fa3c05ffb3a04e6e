package io.harborgateway.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Joins received bytes that are not parsed yet with newly received ones. */
public final class Received {
  private Received() {}

  /**
   * Returns a buffer with the readable bytes of both, taking ownership of them.
   *
   * <p>Bytes already read are discarded: otherwise, for a peer whose reads always end within a
   * message, everything it ever sent would be kept. Fewer bytes are copied than discarded, so the
   * work stays linear in the bytes received.
   *
   * @param received null if nothing is waiting
   */
  public static ByteBuf join(@Nullable ByteBuf received, ByteBuf data, ByteBufAllocator allocator) {
    if (received == null) {
      return data;
    }
    ByteBuf waiting = received;
    if (received.isReadable() && received.readerIndex() > received.capacity() / 2) {
      if (received.refCnt() == 1) {
        received.discardReadBytes();
      } else { // slices of it are in flight
        waiting = allocator.buffer(received.readableBytes() + data.readableBytes());
        waiting.writeBytes(received);
        received.release();
      }
    }
    return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, waiting, data);
  }
}
