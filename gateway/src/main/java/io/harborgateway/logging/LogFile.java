package io.harborgateway.logging;

import io.harborgateway.watch.FileStamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A log file that is rotated externally: reopened when it has been moved or deleted, which is
 * checked every second, and on {@link #reopen}. It is also reopened after a failure, and then
 * begins with a line break if the last line was cut off and is still there.
 *
 * <p>Confined to one thread, except for {@link #reopen}.
 */
public final class LogFile implements LogTarget {
  // stat(2)
  private static final int S_IFMT = 0xF000;
  private static final int S_IFIFO = 0x1000;
  private static final int S_IFSOCK = 0xC000;
  private static final int ANYBODY_WRITES = 0222;

  private static final long WHOLE = -1;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Opens a file for appending, creating it if it does not exist. */
  interface Opener {
    SeekableByteChannel open(Path path) throws IOException;
  }

  private static final Opener OPENER =
      path -> FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);

  private final Path path;
  private final Opener opener;
  private volatile boolean reopening;
  private @Nullable SeekableByteChannel channel;
  private FileStamp stamp = FileStamp.ABSENT;
  private long lookedAt;
  private long cutOffAt = WHOLE; // the file's size then; a smaller file has been truncated

  LogFile(Path path) {
    this(path, OPENER);
  }

  LogFile(Path path, Opener opener) {
    this.path = path;
    this.opener = opener;
  }

  /**
   * Returns why the file can't be appended to; null if it can. Blocks. Does not create the file,
   * and so can't detect problems that only creation reveals; {@link #open} does.
   */
  public static @Nullable String problem(Path path) {
    try {
      if (Files.notExists(path)) {
        if (Files.isSymbolicLink(path)) {
          return problemOfLink(path);
        }
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
      if (((int) Files.getAttribute(path, "unix:mode") & ANYBODY_WRITES) == 0) {
        return "not to be written to by anybody"; // root can open it, but files in /proc fail on
        // write
      }
      FileChannel.open(path, StandardOpenOption.APPEND).close();
      return null;
    } catch (IOException e) {
      return Files.isWritable(path) ? e.toString() : "not to be written to";
    }
  }

  /** Checks the link's target, which is what opening would create. */
  private static @Nullable String problemOfLink(Path link) throws IOException {
    Path target = link.resolveSibling(Files.readSymbolicLink(link));
    String problem = problem(target);
    return problem == null ? null : "a link to \"" + target + "\", " + problem;
  }

  private static boolean isPipeOrSocket(Path path) throws IOException {
    int type = (int) Files.getAttribute(path, "unix:mode") & S_IFMT;
    return type == S_IFIFO || type == S_IFSOCK;
  }

  /**
   * Returns a log whose file is open, and created if it did not exist.
   *
   * @throws IOException that names the configuration key and the file
   */
  static LogFile open(Path path) throws IOException {
    var file = new LogFile(path);
    try {
      file.opened();
    } catch (IOException e) {
      throw new IOException("logging.access-log.file: \"" + path + "\" can't be opened: " + e, e);
    }
    return file;
  }

  /** Reopens the file at the next write. For any thread. */
  void reopen() {
    reopening = true;
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    SeekableByteChannel open = opened();
    if (!lines.hasRemaining()) {
      return;
    }
    int begin = lines.position();
    try {
      if (cutOffAt != WHOLE && open.size() >= cutOffAt) {
        open.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
      cutOffAt = WHOLE;
      while (lines.hasRemaining()) {
        open.write(lines);
      }
    } catch (IOException e) {
      stamp = FileStamp.ABSENT; // whatever is wrong with it, reopens at the next check
      int last = lines.position() - 1;
      if (last >= begin && lines.get(last) != '\n') {
        cutOffAt = open.size();
      }
      throw e;
    }
  }

  private SeekableByteChannel opened() throws IOException {
    SeekableByteChannel open = channel;
    long now = System.nanoTime();
    if (open != null && !reopening) {
      if (now - lookedAt < LOOK_NANOS) {
        return open;
      }
      lookedAt = now;
      if (stamp.isSameFile(FileStamp.of(path))) {
        return open;
      }
    }
    reopening = false;
    channel = null;
    if (open != null) {
      open.close();
    }
    open = opener.open(path);
    channel = open;
    stamp = FileStamp.of(path);
    lookedAt = now;
    return open;
  }
}
