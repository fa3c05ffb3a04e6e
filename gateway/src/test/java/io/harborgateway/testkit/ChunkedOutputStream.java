package io.harborgateway.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Makes each write a chunk. Does not write the last one. */
final class ChunkedOutputStream extends OutputStream {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final OutputStream out;

  ChunkedOutputStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    if (count == 0) {
      return; // an empty chunk would be the last one
    }
    out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.write(bytes, offset, count);
    out.write(LINE_END);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
