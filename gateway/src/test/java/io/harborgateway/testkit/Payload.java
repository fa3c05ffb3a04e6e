package io.harborgateway.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.Random;

/**
 * A body of any length that is made while it is sent: always the same bytes, which do not compress,
 * and no two blocks of which are the same, so that lost, repeated or swapped blocks show.
 *
 * @param length in bytes
 */
public record Payload(long length) {
  private static final int BLOCK_BYTES = 64 << 10;

  /** Writes the bytes. */
  public void writeTo(OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    new Random(length).nextBytes(block);
    ByteBuffer number = ByteBuffer.wrap(block);
    for (long written = 0; written < length; written += BLOCK_BYTES) {
      number.putLong(0, written);
      out.write(block, 0, (int) Math.min(BLOCK_BYTES, length - written));
    }
  }

  /** Writes the bytes as chunks of 64 KiB, and the last chunk without trailers. */
  public void writeChunkedTo(OutputStream out) throws IOException {
    var chunks = new ChunkedOutputStream(out);
    writeTo(chunks);
    out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The digest of all bytes, in lower-case hexadecimal. */
  public String sha256() {
    var digest = HttpBody.newSha256();
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      writeTo(out);
    } catch (IOException e) {
      throw new AssertionError(e); // nothing is written anywhere
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
