package io.harborgateway.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file that keeps the last good state of a bucket, so that a start without NATS serves. Mode
 * 0600; it is replaced as a whole, so that a crash or a full disk leaves the one before. Blocks.
 */
public final class BucketState {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What the file says. */
  private record Kept(String bucket, Map<String, String> values) {
    Kept {
      Objects.requireNonNull(bucket, "bucket");
      values.forEach((key, value) -> Objects.requireNonNull(value, key));
    }
  }

  private final Path file;

  public BucketState(Path file) {
    this.file = file;
  }

  /**
   * Returns what was kept; {@link BucketListing#NONE} if there is no file.
   *
   * @throws IOException if it can't be read, or is not what {@link #write} wrote; says why
   */
  public BucketListing read() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return BucketListing.NONE;
    }
    try {
      Kept kept = JSON.readValue(content, Kept.class);
      if (kept == null) {
        throw new IOException(file + ": null");
      }
      return new BucketListing(kept.bucket(), kept.values(), Map.of());
    } catch (JacksonException e) {
      throw new IOException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Replaces what is kept.
   *
   * @throws IOException if that fails; what was kept stays
   */
  public void write(BucketListing listing) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next); // of a process that was killed; its mode may be any
    try {
      var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (FileChannel channel =
          FileChannel.open(
              next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
        ByteBuffer content =
            ByteBuffer.wrap(JSON.writeValueAsBytes(new Kept(listing.bucket(), listing.values())));
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
