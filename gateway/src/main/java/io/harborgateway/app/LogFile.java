package io.harborgateway.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A log as a file that others rotate: opened again when it was moved or deleted, which is looked
 * for each second, and when {@link #reopen} asks for it. After a failure it is opened again, too,
 * and begins with a new line if the last one was cut off.
 *
 * <p>Confined to one thread, except for {@link #reopen}.
 */
final class LogFile implements LogTarget {
  // stat(2)
  private static final int S_IFMT = 0xF000;
  private static final int S_IFIFO = 0x1000;
  private static final int S_IFSOCK = 0xC000;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private volatile boolean reopening;
  private @Nullable FileChannel channel;
  private @Nullable Object key; // of the file system: device and inode
  private long lookedAt;
  private boolean cutOff;

  LogFile(Path path) {
    this.path = path;
  }

  /** Returns why nothing can be appended to the file; null if it can be. Blocks. Makes no file. */
  static @Nullable String problem(Path path) {
    try {
      if (Files.notExists(path)) {
        Path folder = path.toAbsolutePath().getParent();
        return folder == null || !Files.isDirectory(folder)
            ? "in no folder that is there"
            : Files.isWritable(folder) ? null : "in a folder that can't be written to";
      }
      if (Files.isDirectory(path)) {
        return "a folder";
      }
      if (isPipeOrSocket(path)) {
        return "a pipe or a socket"; // opening it would wait for a reader
      }
      FileChannel.open(path, StandardOpenOption.APPEND).close();
      return null;
    } catch (IOException e) {
      return Files.isWritable(path) ? e.toString() : "not to be written to";
    }
  }

  private static boolean isPipeOrSocket(Path path) throws IOException {
    int type = (int) Files.getAttribute(path, "unix:mode") & S_IFMT;
    return type == S_IFIFO || type == S_IFSOCK;
  }

  /** Has the file opened again at the next write. Any thread. */
  void reopen() {
    reopening = true;
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    FileChannel open = opened();
    if (!lines.hasRemaining()) {
      return;
    }
    int begin = lines.position();
    try {
      if (cutOff) {
        open.write(ByteBuffer.wrap(new byte[] {'\n'}));
        cutOff = false;
      }
      while (lines.hasRemaining()) {
        open.write(lines);
      }
    } catch (IOException e) {
      int last = lines.position() - 1;
      cutOff |= last >= begin && lines.get(last) != '\n';
      key = null; // whatever is wrong with it, try another at the next look
      throw e;
    }
  }

  private FileChannel opened() throws IOException {
    FileChannel open = channel;
    long now = System.nanoTime();
    if (open != null && !reopening) {
      if (now - lookedAt < LOOK_NANOS) {
        return open;
      }
      lookedAt = now;
      if (key != null && key.equals(keyNow())) {
        return open;
      }
    }
    reopening = false;
    channel = null;
    if (open != null) {
      open.close();
    }
    open = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    channel = open;
    key = keyNow();
    lookedAt = now;
    return open;
  }

  private @Nullable Object keyNow() throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
