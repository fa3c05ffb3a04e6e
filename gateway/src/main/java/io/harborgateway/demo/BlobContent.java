package io.harborgateway.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * Generates the bytes of a blob: always the same for the same size, and each 64 KiB block different
 * from the one before.
 */
final class BlobContent {
  private static final int BLOCK_BYTES = 64 * 1024;

  private BlobContent() {}

  /** Writes a blob of this size. */
  static void write(long size, OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    new Random(BLOCK_BYTES).nextBytes(block);
    for (long at = 0; at < size; at += BLOCK_BYTES) {
      // A block that is lost, duplicated or out of order changes the digest.
      ByteBuffer.wrap(block).putLong(at);
      out.write(block, 0, (int) Math.min(BLOCK_BYTES, size - at));
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest as registries write it: {@code sha256:} and hexadecimal digits. */
  static String text(MessageDigest digest) {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }
}
