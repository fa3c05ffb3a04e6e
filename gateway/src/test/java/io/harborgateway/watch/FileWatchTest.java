package io.harborgateway.watch;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each change by events alone, and by comparing alone. */
class FileWatchTest {
  private static final Duration NEVER = Duration.ofHours(1);

  /** Looks each second, a burst of 500 ms at most, and a busy machine. */
  private static final Duration SOON = Duration.ofMillis(2500);

  enum By {
    EVENTS(400, 500),
    COMPARING(0, 1300);

    /** By which the directories of what is watched tell their events. */
    final int attachedMillis;

    /** By which a change would be told. */
    final int toldMillis;

    By(int attachedMillis, int toldMillis) {
      this.attachedMillis = attachedMillis;
      this.toldMillis = toldMillis;
    }
  }

  /** A kernel with room for some directories. */
  private static final class Room implements DirectoryEvents {
    private final Inotify inotify = new Inotify();
    private volatile int left;

    Room(int left) {
      this.left = left;
    }

    @Override
    public synchronized WatchKey register(Path directory) throws IOException {
      if (left == 0) {
        throw new IOException("User limit of inotify watches reached");
      }
      left--;
      return inotify.register(directory);
    }

    @Override
    public @Nullable WatchKey poll(Duration timeout) throws InterruptedException {
      return inotify.poll(timeout);
    }

    @Override
    public void close() {
      inotify.close();
    }
  }

  @TempDir Path folder;
  private final BlockingQueue<Set<Path>> told = new LinkedBlockingQueue<>();
  private By by = By.EVENTS;
  private @Nullable FileWatch watch;

  @AfterEach
  void close() {
    if (watch != null) {
      watch.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfAFileThatTakesTheOthersPlace(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    watch(by, Set.of(file), Set.of());
    Path next = Files.writeString(folder.resolve("next"), "1");
    Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
    Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
    expect(file);
    expectNothing();
  }

  @ParameterizedTest
  @EnumSource
  void tellsOnceOfAFileThatIsWrittenInPieces(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    watch(by, Set.of(file), Set.of());
    for (int i = 0; i < 5; i++) {
      Files.writeString(file, "2", APPEND);
      Thread.sleep(30);
    }
    expect(file);
    expectNothing();
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfContentOfTheSameSizeAndTime(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    FileTime time = Files.getLastModifiedTime(file);
    watch(by, Set.of(file), Set.of());
    Files.writeString(file, "2");
    Files.setLastModifiedTime(file, time);
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfALinkThatLeadsElsewhere(By by) throws Exception {
    Files.writeString(folder.resolve("one"), "1");
    Files.writeString(folder.resolve("two"), "2");
    Path link = Files.createSymbolicLink(folder.resolve("a"), Path.of("one"));
    watch(by, Set.of(link), Set.of());
    turn(link, Path.of("two"));
    expect(link);

    attached();
    Files.writeString(folder.resolve("two"), "3");
    expect(link);
    Files.writeString(folder.resolve("one"), "3");
    expectNothing();
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfTheFileAtTheEndOfLinksInOtherFolders(By by) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data/1"));
    Path links = Files.createDirectories(folder.resolve("links"));
    Path file = Files.writeString(data.resolve("file"), "1");
    Path second = Files.createSymbolicLink(links.resolve("second"), Path.of("../data/./1/file"));
    Path link = Files.createSymbolicLink(folder.resolve("a"), second.toAbsolutePath());
    watch(by, Set.of(link), Set.of());
    Files.writeString(file, "2");
    expect(link);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfASecretOfKubernetes(By by) throws Exception {
    Path mount = Files.createDirectories(folder.resolve("secret"));
    version(mount, "..2026_1", "1");
    Path data = Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_1"));
    Path cert = Files.createSymbolicLink(mount.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Path key = Files.createSymbolicLink(mount.resolve("tls.key"), Path.of("..data/tls.key"));
    watch(by, Set.of(cert, key), Set.of(mount));
    version(mount, "..2026_2", "2");
    turn(data, Path.of("..2026_2"));
    Files.delete(mount.resolve("..2026_1/tls.crt"));
    expect(cert, key, mount);
    expectNothing();

    version(mount, "..2026_3", "3");
    turn(data, Path.of("..2026_3"));
    expect(cert, key, mount);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfAJobOfBosh(By by) throws Exception {
    Path packages = Files.createDirectories(folder.resolve("data/jobs/x"));
    version(packages, "release-1", "1");
    Path jobs = Files.createDirectories(folder.resolve("jobs"));
    Path job = Files.createSymbolicLink(jobs.resolve("x"), packages.resolve("release-1"));
    Path file = job.resolve("tls.crt");
    watch(by, Set.of(file), Set.of());
    version(packages, "release-2", "2");
    Files.delete(job);
    Files.createSymbolicLink(job, packages.resolve("release-2"));
    expect(file);

    attached();
    Files.writeString(packages.resolve("release-2/tls.crt"), "3");
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfAFolderThatTakesTheOthersPlace(By by) throws Exception {
    Path file = version(folder, "conf", "1");
    version(folder, "next", "2");
    watch(by, Set.of(file), Set.of());
    Files.move(folder.resolve("conf"), folder.resolve("old"));
    Files.move(folder.resolve("next"), folder.resolve("conf"));
    expect(file);

    attached();
    Files.writeString(file, "3");
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void tellsThatAFileGoesAndComesBack(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    watch(by, Set.of(file), Set.of());
    Files.delete(file);
    expect(file);
    Files.writeString(file, "1");
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfFilesInFoldersThatDoNotExistYet(By by) throws Exception {
    Path file = folder.resolve("x/y/z/a");
    Path entries = folder.resolve("x/y/entries");
    watch(by, Set.of(file), Set.of(entries));
    Files.createDirectories(file.getParent());
    expectNothing();
    Files.writeString(file, "1");
    expect(file);
    Files.createDirectory(entries);
    expect(entries);
  }

  @ParameterizedTest
  @EnumSource
  void watchesAFolderThatVanishesAndReturns(By by) throws Exception {
    Path file = version(folder, "conf", "1");
    watch(by, Set.of(file), Set.of());
    Files.delete(file);
    Files.delete(file.resolveSibling("tls.key"));
    Files.delete(file.getParent());
    expect(file);
    version(folder, "conf", "2");
    expect(file);
    attached();
    Files.writeString(file, "3");
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfFilesInAFolder(By by) throws Exception {
    Path instances = Files.createDirectory(folder.resolve("instances"));
    watch(by, Set.of(), Set.of(instances));
    Path entry = Files.writeString(instances.resolve("a.yml"), "1");
    expect(instances);
    Files.writeString(entry, "2");
    expect(instances);
    Files.move(entry, instances.resolve("b.yml"));
    expect(instances);
    Files.delete(instances.resolve("b.yml"));
    expect(instances);

    Path elsewhere = Files.writeString(folder.resolve("c"), "1");
    Files.createSymbolicLink(instances.resolve("c.yml"), elsewhere);
    expect(instances);
    attached();
    Files.writeString(elsewhere, "2");
    expect(instances);
    Files.createDirectory(instances.resolve("folder"));
    expectNothing();
  }

  /** root reads what nobody may read, so the stamp is all that can be looked at here. */
  @ParameterizedTest
  @EnumSource
  void tellsOfAModeThatChanges(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    watch(by, Set.of(file), Set.of());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    expect(file);
  }

  @ParameterizedTest
  @EnumSource
  void saysNothingWhenNothingChanges(By by) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    watch(by, Set.of(file), Set.of());
    Files.readString(file);
    Files.writeString(folder.resolve("beside"), "1");
    expectNothing();
  }

  /** By the first change, and the last. */
  @Test
  void tellsOfAFileThatIsWrittenToForLongWhileItIsAndWhenItIsAtRest() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    watch(By.EVENTS, Set.of(file), Set.of());
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < Duration.ofSeconds(1).toNanos()) {
      Files.writeString(file, "2", APPEND);
      Thread.sleep(20);
    }
    assertThat(told).isNotEmpty();
    Thread.sleep(SOON);
    assertThat(told).hasSizeBetween(2, 4).containsOnly(Set.of(file));
  }

  @Test
  void gathersABurst() throws Exception {
    Set<Path> files = IntStream.range(0, 2000).mapToObj(i -> file(i, "1")).collect(toSet());
    watch(By.EVENTS, files, Set.of());
    files.forEach(file -> write(file, "2"));
    Thread.sleep(SOON);
    assertThat(told.stream().flatMap(Set::stream).collect(toSet())).isEqualTo(files);
    assertThat(told).hasSizeLessThan(8); // a busy machine writes for longer than 500 ms
  }

  @Test
  void looksWhereTheKernelHasNoRoom() throws Exception {
    Path first = version(folder, "first", "1");
    Path second = version(folder, "second", "1");
    int others = first.getNameCount() - 1; // the directories above, and one of the two
    watch(new Room(others + 1), Set.of(first, second), Set.of());
    Files.writeString(first, "2");
    expect(first);
    Files.writeString(second, "2");
    expect(second);
  }

  @Test
  void watchesWhatItIsToldToAndNothingElse() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "1");
    Path two = Files.writeString(folder.resolve("two"), "1");
    FileWatch watch = watch(By.EVENTS, Set.of(one), Set.of());
    watch.watch(Set.of(two), Set.of());
    Files.writeString(one, "2");
    Files.writeString(two, "2");
    expect(two);
    expectNothing();
    watch.watch(Set.of(one), Set.of());
    expectNothing();
  }

  /** Between its being watched and its directory's telling of it, too. */
  @Test
  void missesNothingThatChangesAtOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    FileWatch watch = new FileWatch(NEVER, told::add);
    this.watch = watch;
    watch.watch(Set.of(file), Set.of());
    Files.writeString(file, "2");
    expect(file);
  }

  @Test
  void goesOnWhenACallbackFails() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    FileWatch watch =
        new FileWatch(
            NEVER,
            paths -> {
              told.add(paths);
              throw new IllegalStateException("not now");
            });
    this.watch = watch;
    watch.watch(Set.of(file), Set.of());
    attached();
    Files.writeString(file, "2");
    expect(file);
    Files.writeString(file, "3");
    expect(file);
  }

  @Test
  void saysNothingOnceItIsClosed() throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "1");
    FileWatch watch = watch(By.EVENTS, Set.of(file), Set.of());
    watch.close();
    Files.writeString(file, "2");
    watch.watch(Set.of(), Set.of());
    watch.watch(Set.of(file), Set.of());
    expectNothing();
  }

  @Test
  void endsALoopOfLinks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("a"), Path.of("b/c"));
    Path other = Files.createSymbolicLink(folder.resolve("b"), Path.of("a/c"));
    watch(By.EVENTS, Set.of(link), Set.of(other));
    Files.delete(other);
    Files.createDirectory(other);
    expect(other);
    Files.writeString(other.resolve("c"), "1");
    expect(link, other);
  }

  @Test
  void refusesAPollWithoutATime() {
    assertThatThrownBy(() -> new FileWatch(Duration.ZERO, told::add))
        .hasMessage("poll: PT0S (expected: > 0)");
  }

  private FileWatch watch(By by, Set<Path> files, Set<Path> folders) throws InterruptedException {
    this.by = by;
    return watch(by == By.EVENTS ? new Inotify() : new Room(0), files, folders);
  }

  private FileWatch watch(DirectoryEvents events, Set<Path> files, Set<Path> folders)
      throws InterruptedException {
    FileWatch opened = new FileWatch(NEVER, told::add, events);
    watch = opened;
    opened.watch(files, folders);
    attached();
    return opened;
  }

  private void attached() throws InterruptedException {
    Thread.sleep(by.attachedMillis);
  }

  private void expect(Path... paths) throws InterruptedException {
    Set<Path> all = new HashSet<>();
    while (all.size() < paths.length) {
      Set<Path> some = told.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(some).as("besides " + all).isNotNull();
      all.addAll(some);
    }
    assertThat(all).containsExactlyInAnyOrder(paths);
  }

  private void expectNothing() throws InterruptedException {
    assertThat(told.poll(by.toldMillis, TimeUnit.MILLISECONDS)).isNull();
  }

  /** As ln -sfn does it. */
  private static void turn(Path link, Path target) throws IOException {
    Path next = Files.createSymbolicLink(link.resolveSibling("..next"), target);
    Files.move(next, link, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  private static Path version(Path parent, String name, String content) throws IOException {
    Path version = Files.createDirectory(parent.resolve(name));
    Files.writeString(version.resolve("tls.key"), content);
    return Files.writeString(version.resolve("tls.crt"), content);
  }

  private Path file(int number, String content) {
    return write(folder.resolve(number % 50 + "/" + number), content);
  }

  private static Path write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
