package io.harborgateway.http;

import io.netty.buffer.ByteBuf;

/**
 * Walks the elements of a comma-separated list value (RFC 9110 section 5.6.1), empty ones left out.
 */
final class Elements {
  private final ByteBuf buffer;
  private final int limit;
  private int position;
  private int start;
  private int end;

  Elements(ByteBuf buffer, int start, int limit) {
    this.buffer = buffer;
    this.position = start;
    this.limit = limit;
  }

  /** Moves to the next element; false when there is none. */
  boolean next() {
    while (position < limit) {
      int comma = buffer.indexOf(position, limit, (byte) ',');
      int stop = comma < 0 ? limit : comma;
      start = position;
      end = stop;
      position = stop + 1;
      while (start < end && isBlank(buffer.getByte(start))) {
        start++;
      }
      while (end > start && isBlank(buffer.getByte(end - 1))) {
        end--;
      }
      if (end > start) {
        return true;
      }
    }
    return false;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  private static boolean isBlank(byte octet) {
    return octet == Octets.SP || octet == Octets.HTAB;
  }
}
