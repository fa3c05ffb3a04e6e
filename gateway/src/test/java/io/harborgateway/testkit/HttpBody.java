package io.harborgateway.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A body as it was received, without its framing: of any length, so only its start is kept.
 *
 * @param length in bytes
 * @param sha256 of the whole body, in lower-case hexadecimal
 * @param text its first 64 KiB as ISO-8859-1
 * @param trailers the fields after the last chunk
 */
public record HttpBody(long length, String sha256, String text, List<HttpHead.Field> trailers) {
  private static final int KEPT_BYTES = 64 << 10;

  /** Takes a body as it comes. */
  static final class Receiver extends OutputStream {
    private final MessageDigest digest = newSha256();
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private long length;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      digest.update(bytes, offset, count);
      start.write(bytes, offset, Math.min(count, KEPT_BYTES - start.size()));
      length += count;
    }

    HttpBody body(List<HttpHead.Field> trailers) {
      return new HttpBody(
          length,
          HexFormat.of().formatHex(digest.digest()),
          start.toString(StandardCharsets.ISO_8859_1),
          trailers);
    }
  }

  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    }
  }
}
