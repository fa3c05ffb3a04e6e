package io.harborgateway.testkit;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was read, and keeps its first 64 KiB. */
final class RecordingStream extends FilterInputStream {
  private static final int KEPT_BYTES = 64 << 10;

  private final LongAdder counter;
  private final ByteArrayOutputStream start = new ByteArrayOutputStream();

  RecordingStream(InputStream in, LongAdder counter) {
    super(in);
    this.counter = counter;
  }

  /** What is kept, as ISO-8859-1. May be called from any thread. */
  String start() {
    return start.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    int read = in.read(bytes, offset, count);
    if (read > 0) {
      start.write(bytes, offset, Math.min(read, KEPT_BYTES - start.size()));
      counter.add(read);
    }
    return read;
  }
}
