package io.harborgateway.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The process's standard output, shared by both logs: a lock keeps their lines whole. Not {@link
 * System#out}, which hides write failures, and whose lock others might wait for.
 */
final class StandardOutput implements LogTarget {
  private static final Object LOCK = new Object();

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  @Override
  public void write(ByteBuffer lines) throws IOException {
    synchronized (LOCK) {
      out.write(lines.array(), lines.arrayOffset() + lines.position(), lines.remaining());
    }
  }
}
