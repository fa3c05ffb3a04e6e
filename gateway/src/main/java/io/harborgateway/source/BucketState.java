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
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file with the last good state of a bucket, so that a node that starts without NATS can serve.
 * Mode 0600; replaced atomically, so that a crash or a full disk leaves the previous one. Blocks.
 */
public final class BucketState {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;

  public BucketState(Path file) {
    this.file = file;
  }

  /**
   * Returns the stored state, which has no bucket if there is no file.
   *
   * @throws IOException if it can't be read, or was not written by {@link #write}; says why
   */
  public KeptBucket read() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return KeptBucket.NONE;
    }
    try {
      KeptBucket kept = JSON.readValue(content, KeptBucket.class);
      if (kept == null) {
        throw new IOException(file + ": null");
      }
      return kept;
    } catch (JacksonException e) {
      throw new IOException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Replaces the stored state.
   *
   * @throws IOException if that fails; the previous one stays
   */
  public void write(KeptBucket kept) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next); // left by a killed process; its mode may be anything
    try {
      var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (FileChannel channel =
          FileChannel.open(
              next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
        ByteBuffer content = ByteBuffer.wrap(JSON.writeValueAsBytes(kept));
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
