package io.harborgateway.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The kernel's events about directory entries. */
interface DirectoryEvents extends AutoCloseable {
  /**
   * Begins to receive the directory's events. The same directory has the same key, whichever path
   * it is named by.
   *
   * @throws IOException if it does not exist, may not be read, or there is no room for another one
   */
  WatchKey register(Path directory) throws IOException;

  /**
   * Waits for events.
   *
   * @return null if none arrived within the time, or this was closed
   */
  @Nullable WatchKey poll(Duration timeout) throws InterruptedException;

  /** Ends a wait. */
  @Override
  void close();
}
