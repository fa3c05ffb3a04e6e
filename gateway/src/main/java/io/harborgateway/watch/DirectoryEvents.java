package io.harborgateway.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a kernel tells of the entries of directories. */
interface DirectoryEvents extends AutoCloseable {
  /**
   * Has the directory's events told from now on. The same directory has the same key, whichever
   * path it is named by.
   *
   * @throws IOException if it is not there, may not be read, or there is no room for another one
   */
  WatchKey register(Path directory) throws IOException;

  /**
   * Waits for events.
   *
   * @return null if none have come within the time, or this was closed
   */
  @Nullable WatchKey poll(Duration timeout) throws InterruptedException;

  /** Ends a wait. */
  @Override
  void close();
}
