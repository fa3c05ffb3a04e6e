package io.harborgateway.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file with the last good state of a bucket, so that a node that starts without NATS can serve.
 * Mode 0600; replaced atomically, so that a crash or a full disk leaves the previous one. Of
 * several processes that were given the same file by mistake, the first one to write it keeps it.
 * Blocks.
 */
public final class BucketState implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BucketState.class);
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final FileAttribute<?> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private @Nullable FileChannel lock;

  public BucketState(Path file) {
    this.file = file;
  }

  /** Returns whether there is a file: it may have been lost since it was written. */
  boolean isThere() {
    return Files.exists(file);
  }

  /**
   * Returns the stored state, which has no bucket if there is no file.
   *
   * @throws IOException if it can't be read, or was not written by {@link #write}; says why
   */
  public KeptBucket read() throws IOException {
    byte[] content;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(file + ": no regular file"); // a pipe would be waited for
    }
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
   * @throws IOException if that fails, or another process writes the file; the previous one stays
   */
  public void write(KeptBucket kept) throws IOException {
    if (!isLocked()) {
      throw new IOException(file + ": another process keeps its state there");
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next); // left by a killed process; its mode may be anything
    try {
      try (FileChannel channel =
          FileChannel.open(
              next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), MODE)) {
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

  /** Locks a file beside it, since the file itself is replaced each time. */
  private boolean isLocked() throws IOException {
    if (lock != null) {
      return true;
    }
    Path beside = file.resolveSibling(file.getFileName() + ".lock");
    var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileChannel channel;
    try {
      channel = FileChannel.open(beside, options, MODE);
    } catch (IOException e) {
      LOG.debug("{} can't be opened: the state is written without a lock", beside, e);
      return true;
    }
    if (!isLocked(channel)) {
      channel.close();
      return false;
    }
    lock = channel;
    return true;
  }

  private static boolean isLocked(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this process, which has not closed it yet
    } catch (IOException e) {
      LOG.debug("no locks on this file system: the state is written without one", e);
      return true;
    }
  }

  /** Leaves the file to other processes. */
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
