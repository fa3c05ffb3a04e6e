package io.harborgateway.watch;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyFilesTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofSeconds(2);

  /** Ten seconds' worth of what is compared without an event. */
  private static final int LINKS = 100;

  /** Pairs of files in one folder: N.crt and N.key. */
  private record Pairs(Path folder, int first, int count) implements ManyFiles.Groups {
    @Override
    public List<Path> files(int group) {
      String name = String.valueOf(first + group);
      return List.of(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    @Override
    public List<Integer> groups(Path file) {
      return IntStream.range(0, count).filter(i -> files(i).contains(file)).boxed().toList();
    }

    @Override
    public Set<Path> folders() {
      return Set.of(folder);
    }
  }

  /** A kernel that tells nothing. */
  private static final class Silence implements DirectoryEvents {
    @Override
    public WatchKey register(Path directory) throws IOException {
      throw new IOException("User limit of inotify watches reached");
    }

    @Override
    public @Nullable WatchKey poll(Duration timeout) throws InterruptedException {
      Thread.sleep(timeout);
      return null;
    }

    @Override
    public void close() {}
  }

  @TempDir Path folder;
  private final BlockingQueue<Set<Path>> told = new LinkedBlockingQueue<>();
  private @Nullable ManyFiles watch;

  @AfterEach
  void close() {
    if (watch != null) {
      watch.close();
    }
  }

  private ManyFiles watch(Duration round, DirectoryEvents events, ManyFiles.Groups groups) {
    watch = new ManyFiles(round, told::add, events);
    watch.use(groups);
    for (int i = 0; i < groups.count(); i++) {
      watch.remember(groups.files(i));
    }
    return watch;
  }

  private void write(Path place, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.writeString(place.resolve(i + ".crt"), "1");
      Files.writeString(place.resolve(i + ".key"), "1");
    }
  }

  /** Of each pair, in one telling or in several. */
  private void expect(String... names) throws InterruptedException {
    Set<String> chains = new TreeSet<>();
    long end = System.nanoTime() + SOON.toNanos();
    while (chains.size() < names.length) {
      Set<Path> changed = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(changed).as("changes but %s", chains).isNotNull();
      changed.stream()
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".crt"))
          .forEach(chains::add);
    }
    assertThat(chains).containsExactlyInAnyOrder(names);
  }

  private void expectNothing() throws InterruptedException {
    assertThat(told.poll(700, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void tellsOfAPairByItsFirstFileHoweverItChanges() throws Exception {
    write(folder, 100);
    watch(NEVER, new Inotify(), new Pairs(folder, 0, 100));
    Path next = Files.writeString(folder.resolve("next"), "2");
    Files.move(next, folder.resolve("7.key"), ATOMIC_MOVE, REPLACE_EXISTING);
    expect("7.crt");
    Files.writeString(folder.resolve("8.crt"), "2");
    Files.delete(folder.resolve("9.key"));
    expect("8.crt", "9.crt");
    expectNothing();
  }

  @Test
  void tellsNothingOfOtherFilesAndOfWhatIsAsItWas() throws Exception {
    write(folder, 10);
    watch(Duration.ofMillis(200), new Inotify(), new Pairs(folder, 0, 10));
    Files.writeString(folder.resolve("10.crt"), "other");
    expectNothing();
  }

  @Test
  void comparesAllInRoundsWhereNoEventsCome() throws Exception {
    write(folder, 100);
    watch(Duration.ofMillis(300), new Silence(), new Pairs(folder, 0, 100));
    Files.writeString(folder.resolve("7.crt"), "22");
    Files.writeString(folder.resolve("93.key"), "22");
    expect("7.crt", "93.crt");
  }

  /** As Kubernetes does it, within the first round and without its help. */
  @Test
  void seesWhatALinkInTheFolderLeadsTo() throws Exception {
    String[] all = IntStream.range(0, LINKS).mapToObj(i -> i + ".crt").toArray(String[]::new);
    Path before = Files.createDirectory(folder.resolve("..before"));
    Path after = Files.createDirectory(folder.resolve("..after"));
    write(before, LINKS);
    Files.copy(before.resolve("1.crt"), after.resolve("1.crt"));
    write(after, LINKS);
    Files.createSymbolicLink(folder.resolve("..data"), before.getFileName());
    for (int i = 0; i < LINKS; i++) {
      for (String end : List.of(".crt", ".key")) {
        Files.createSymbolicLink(folder.resolve(i + end), Path.of("..data", i + end));
      }
    }
    watch(NEVER, new Inotify(), new Pairs(folder, 0, LINKS));
    Path next = Files.createSymbolicLink(folder.resolve("..next"), after.getFileName());
    Files.move(next, folder.resolve("..data"), ATOMIC_MOVE);
    expect(all);
    Path back = Files.createSymbolicLink(folder.resolve("..next"), before.getFileName());
    Files.move(back, folder.resolve("..data"), ATOMIC_MOVE);
    expect(all);
  }

  @Test
  void groupsMayShareAFile() throws Exception {
    write(folder, 3);
    var shared =
        new ManyFiles.Groups() {
          @Override
          public int count() {
            return 2;
          }

          @Override
          public List<Path> files(int group) {
            return List.of(folder.resolve("0.crt"), folder.resolve(group + ".key"));
          }

          @Override
          public List<Integer> groups(Path file) {
            return IntStream.range(0, 2).filter(i -> files(i).contains(file)).boxed().toList();
          }

          @Override
          public Set<Path> folders() {
            return Set.of(folder);
          }
        };
    watch(NEVER, new Inotify(), shared);
    Files.writeString(folder.resolve("0.crt"), "22");
    Set<Path> changed = told.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(changed)
        .containsExactlyInAnyOrder(
            folder.resolve("0.crt"), folder.resolve("0.key"), folder.resolve("1.key"));
  }

  @Test
  void comparesAllAtOnceWhenAsked() throws Exception {
    write(folder, 3000);
    ManyFiles many = watch(NEVER, new Silence(), new Pairs(folder, 0, 3000));
    Files.writeString(folder.resolve("2999.crt"), "22");
    many.compareSoon();
    expect("2999.crt");
  }

  @Test
  void seesAFolderThatTakesTheOthersPlace() throws Exception {
    Path before = Files.createDirectory(folder.resolve("before"));
    Path after = Files.createDirectory(folder.resolve("after"));
    write(before, 2);
    write(after, 2);
    Path place = Files.createSymbolicLink(folder.resolve("place"), before);
    watch(Duration.ofMillis(400), new Inotify(), new Pairs(place, 0, 2));
    Path next = Files.createSymbolicLink(folder.resolve("next"), after);
    Files.move(next, place, ATOMIC_MOVE);
    expect("0.crt", "1.crt");
    Thread.sleep(1000);
    Files.writeString(after.resolve("1.key"), "22");
    expect("1.crt");
  }

  @Test
  void goesOnAsItWasWhereOthersComeAndGo() throws Exception {
    write(folder, 10);
    ManyFiles many = watch(Duration.ofMillis(200), new Inotify(), new Pairs(folder, 0, 8));
    Thread.sleep(600);
    many.use(new Pairs(folder, 4, 6));
    expectNothing();
    Files.writeString(folder.resolve("3.crt"), "22");
    Files.writeString(folder.resolve("9.crt"), "22");
    expect("9.crt");
    many.use(ManyFiles.Groups.NONE);
    Files.writeString(folder.resolve("9.crt"), "3");
    expectNothing();
  }
}
