package io.harborgateway.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A body that moves slowly, in twenty pieces a second, until it is told to come to its end. */
final class LongUpload {
  private static final Duration STEP = Duration.ofMillis(50);

  private final byte[] piece;
  private final MessageDigest digest = HttpBody.newSha256(); // of the writing thread
  private volatile boolean finishing;
  private final AtomicLong bytes = new AtomicLong();
  private volatile String sha256 = "";

  LongUpload(int bytesPerSecond) {
    int steps = (int) (Duration.ofSeconds(1).toNanos() / STEP.toNanos());
    this.piece = new byte[Math.max(1, bytesPerSecond / steps)];
  }

  /** Writes and flushes piece by piece. */
  void writeTo(OutputStream out) throws IOException {
    var random = new Random(piece.length);
    while (!finishing) {
      random.nextBytes(piece);
      digest.update(piece);
      out.write(piece);
      out.flush();
      bytes.addAndGet(piece.length);
      LockSupport.parkNanos(STEP.toNanos());
    }
    sha256 = HexFormat.of().formatHex(digest.digest());
  }

  /** The piece that is being written is the last one. */
  void finish() {
    finishing = true;
  }

  /** How many bytes were written so far. */
  long bytes() {
    return bytes.get();
  }

  /** Whether the answer does not name another digest than that of these bytes. */
  boolean isIntact(RouterResponse response) {
    String named = response.value("Docker-Content-Digest");
    return named.isEmpty() || named.equals("sha256:" + sha256);
  }
}
