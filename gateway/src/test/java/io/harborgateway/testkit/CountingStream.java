package io.harborgateway.testkit;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was written. */
final class CountingStream extends FilterOutputStream {
  private final LongAdder counter;

  CountingStream(OutputStream out, LongAdder counter) {
    super(out);
    this.counter = counter;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    counter.increment();
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    out.write(bytes, offset, count);
    counter.add(count);
  }
}
