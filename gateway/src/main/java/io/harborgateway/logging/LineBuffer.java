package io.harborgateway.logging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of several lines, to be written at once. Confined to one thread. */
final class LineBuffer extends ByteArrayOutputStream {
  void append(String text) {
    writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Drops what was appended beyond this size. */
  synchronized void truncate(int size) {
    count = Math.min(count, size);
  }

  /** Returns the bytes; valid until the next change. */
  synchronized ByteBuffer bytes() {
    return ByteBuffer.wrap(buf, 0, count);
  }
}
