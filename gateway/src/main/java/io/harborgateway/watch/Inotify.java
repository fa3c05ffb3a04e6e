package io.harborgateway.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's watch service, which is inotify on Linux. Opened with the first directory, and retried
 * with the next if that fails: {@code fs.inotify.max_user_instances} is shared by all processes of
 * a user, which may exit.
 */
final class Inotify implements DirectoryEvents {
  private static final Logger LOG = LoggerFactory.getLogger(Inotify.class);

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable WatchService service;

  /** Synchronized like {@link #close}, so that no service opened concurrently is left open. */
  @Override
  public synchronized WatchKey register(Path directory) throws IOException {
    if (closed.getCount() == 0) {
      throw new ClosedWatchServiceException();
    }
    WatchService open = service;
    if (open == null) {
      open = FileSystems.getDefault().newWatchService();
      service = open;
    }
    return directory.register(open, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
  }

  @Override
  public @Nullable WatchKey poll(Duration timeout) throws InterruptedException {
    WatchService open = service;
    if (open == null) {
      closed.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return null;
    }
    try {
      return open.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ClosedWatchServiceException e) {
      LOG.debug("closed while waiting for events of directories", e);
      return null;
    }
  }

  @Override
  public synchronized void close() {
    closed.countDown();
    WatchService open = service;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("the watching of directories can't be closed", e);
      }
    }
  }
}
