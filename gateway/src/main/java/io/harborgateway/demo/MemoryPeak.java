package io.harborgateway.demo;

import io.harborgateway.transport.Buffers;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Records the peak of the gateway's direct memory while bytes pass through a stream. */
final class MemoryPeak {
  private static final int WRITES_PER_SAMPLE = 16;

  private long bytes;

  long bytes() {
    return bytes;
  }

  OutputStream watching(OutputStream out) {
    return new FilterOutputStream(out) {
      private int writes;

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        out.write(source, offset, length);
        if (writes++ % WRITES_PER_SAMPLE == 0) {
          sample();
        }
      }
    };
  }

  private void sample() {
    bytes = Math.max(bytes, Buffers.takenBytes());
  }
}
