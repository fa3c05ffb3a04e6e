package io.harborgateway.watch;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes versions of a file without reading it. Equal stamps mean equal content, unless the
 * file was written again within one tick of the kernel's clock (4 ms) of the first stamp.
 *
 * @param key device and inode, which differ when a file is replaced; null if the file system has
 *     none, and if there is no file
 * @param size in bytes; -1 if there is no file
 * @param modifiedNanos when its content was last written, since 1970
 * @param changedNanos when its content, owner, mode or name last changed, which nobody can set;
 *     same as {@code modifiedNanos} if the system doesn't provide it
 */
public record FileStamp(@Nullable Object key, long size, long modifiedNanos, long changedNanos) {
  /** The stamp of a path without a file, or with one that may not be accessed. */
  public static final FileStamp ABSENT = new FileStamp(null, -1, 0, 0);

  private static final boolean HAS_CTIME =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  /**
   * Returns the stamp of the file that the path currently leads to, following symbolic links.
   * Blocks.
   */
  public static FileStamp of(Path path) {
    try {
      return HAS_CTIME ? ofUnix(path) : ofAny(path);
    } catch (IOException e) {
      return ABSENT; // whoever opens the file sees why
    }
  }

  private static FileStamp ofUnix(Path path) throws IOException {
    Map<String, @Nullable Object> file =
        Files.readAttributes(path, "unix:fileKey,size,lastModifiedTime,ctime");
    return file.get("size") instanceof Long size
            && file.get("lastModifiedTime") instanceof FileTime modified
            && file.get("ctime") instanceof FileTime changed
        ? new FileStamp(file.get("fileKey"), size, nanos(modified), nanos(changed))
        : ofAny(path);
  }

  private static FileStamp ofAny(Path path) throws IOException {
    var file = Files.readAttributes(path, BasicFileAttributes.class);
    long modified = nanos(file.lastModifiedTime());
    return new FileStamp(file.fileKey(), file.size(), modified, modified);
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  public boolean isAbsent() {
    return size < 0;
  }

  /** Returns whether both belong to the same file, whatever was written to it in between. */
  public boolean isSameFile(FileStamp other) {
    return key != null && key.equals(other.key);
  }
}
