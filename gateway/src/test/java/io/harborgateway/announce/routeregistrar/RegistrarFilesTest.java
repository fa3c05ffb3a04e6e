package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files come, change and go; the listener is told of their routes. */
class RegistrarFilesTest {
  @TempDir Path folder;

  /** {@code +name:port} and {@code -name:port}, in order. */
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** What was told each time that it was said to be all. */
  private final List<List<String>> completions = new CopyOnWriteArrayList<>();

  private RegistrarFiles files;

  /** What the listener throws at routes named "fails". */
  private volatile @Nullable Error failure = new AssertionError("thrown by a test");

  @BeforeEach
  void begin() throws Exception {
    files = watching(folder + "/jobs/*/config.yml", folder + "/more-[0-9].yml");
    files.start();
    Await.until("the settings' own route", () -> told.equals(List.of("+own:80")));
  }

  @AfterEach
  void end() {
    files.close();
  }

  @Test
  void aFileAppearsChangesAndGoes() throws Exception {
    write("jobs/a/config.yml", route("one", 8080) + route("two", 8081));
    awaitTold("+own:80", "+one:8080", "+two:8081");

    // one changes, two goes, three comes: the old ones are removed first
    write("jobs/a/config.yml", route("one", 9090) + route("three", 8083));
    awaitTold(
        "+own:80", "+one:8080", "+two:8081", "-one:8080", "-two:8081", "+one:9090", "+three:8083");

    Files.delete(folder.resolve("jobs/a/config.yml"));
    awaitPresent("own:80");
  }

  /** Files are read when they are at rest, which the first look can't know. */
  @Test
  void whatTheFilesHaveAtTheBeginIsCompleteOnceTheyWereRead() throws Exception {
    files.close();
    write("jobs/a/config.yml", route("one", 8080));
    told.clear();
    completions.clear();
    files = watching(folder + "/jobs/*/config.yml");
    files.start();
    Await.until("all was told", () -> !completions.isEmpty());
    assertThat(completions).containsExactly(List.of("+own:80", "+one:8080"));
    write("jobs/b/config.yml", route("two", 8081));
    Await.until("a file that comes", () -> told.contains("+two:8081"));
    assertThat(completions).hasSize(1);
  }

  @Test
  void aFolderComesAndGoes() throws Exception {
    write("elsewhere/config.yml", route("one", 8080));
    Files.createDirectories(folder.resolve("jobs"));
    Files.move(folder.resolve("elsewhere"), folder.resolve("jobs/late"));
    awaitPresent("own:80", "one:8080");
    Files.move(folder.resolve("jobs/late"), folder.resolve("elsewhere"));
    awaitPresent("own:80");
  }

  @Test
  void aFileThatTakesAnothersPlaceIsSeen() throws Exception {
    write("more-1.yml", route("one", 8080));
    awaitPresent("own:80", "one:8080");
    // as long and as old as the one before: only the inode tells them apart
    write("new", route("one", 8081));
    Files.setLastModifiedTime(
        folder.resolve("new"), Files.getLastModifiedTime(folder.resolve("more-1.yml")));
    Files.move(folder.resolve("new"), folder.resolve("more-1.yml"), StandardCopyOption.ATOMIC_MOVE);
    awaitPresent("own:80", "one:8081");
  }

  @Test
  void aLinkThatLeadsElsewhereIsSeen() throws Exception {
    write("data/v1/config.yml", route("one", 8080));
    write("data/v2/config.yml", route("one", 8081));
    Files.createDirectories(folder.resolve("jobs"));
    Files.createSymbolicLink(folder.resolve("jobs/a"), folder.resolve("data/v1"));
    awaitPresent("own:80", "one:8080");
    Files.createSymbolicLink(folder.resolve("next"), folder.resolve("data/v2"));
    Files.move(folder.resolve("next"), folder.resolve("jobs/a"), StandardCopyOption.ATOMIC_MOVE);
    awaitPresent("own:80", "one:8081");
    Files.delete(folder.resolve("data/v2/config.yml"));
    awaitPresent("own:80");
  }

  @Test
  void aBadFileKeepsItsRoutesWhileItIsThere() throws Exception {
    write("more-1.yml", route("one", 8080));
    write("more-2.yml", route("two", 8081));
    awaitPresent("own:80", "one:8080", "two:8081");

    write("more-1.yml", "routes: [");
    write("more-2.yml", route("two", 9090));
    awaitPresent("own:80", "one:8080", "two:9090");
    assertThat(told).doesNotContain("-one:8080");

    Files.delete(folder.resolve("more-1.yml"));
    awaitPresent("own:80", "two:9090");
  }

  @Test
  void aBadRouteStaysAsItWas() throws Exception {
    write("more-1.yml", route("one", 8080) + route("two", 8081) + route("three", 8082));
    awaitPresent("own:80", "one:8080", "two:8081", "three:8082");
    write("more-1.yml", route("one", 70000) + route("two", 9090));
    awaitPresent("own:80", "one:8080", "two:9090");
    assertThat(told).doesNotContain("-one:8080");
  }

  @Test
  void aFileIsMendedAfterABadBegin() throws Exception {
    write("more-1.yml", "routes: [");
    write("more-2.yml", route("two", 8081));
    awaitPresent("own:80", "two:8081");
    write("more-1.yml", route("one", 8080));
    awaitPresent("own:80", "one:8080", "two:8081");
  }

  @Test
  void aRouteOfTwoFilesStaysWhileOneHasIt() throws Exception {
    write("more-1.yml", route("one", 8080) + route("own", 80));
    write("more-2.yml", route("one", 8080));
    write("more-3.yml", route("two", 8081));
    awaitPresent("own:80", "one:8080", "two:8081");
    Files.delete(folder.resolve("more-1.yml"));
    Files.delete(folder.resolve("more-3.yml"));
    awaitPresent("own:80", "one:8080");
    assertThat(told).containsExactlyInAnyOrder("+own:80", "+one:8080", "+two:8081", "-two:8081");
  }

  @Test
  void aFolderOfTheNameIsNoHarm() throws Exception {
    Files.createDirectories(folder.resolve("more-1.yml"));
    write("more-2.yml", route("two", 8081));
    awaitPresent("own:80", "two:8081");
  }

  @Test
  void nothingIsToldAfterTheClose() throws Exception {
    files.close();
    write("more-1.yml", route("one", 8080));
    RegistrarFiles other = watching(folder + "/more-1.yml");
    told.clear();
    try (other) {
      other.start();
      awaitPresent("own:80", "one:8080");
    }
    assertThat(told).containsExactly("+own:80", "+one:8080");
  }

  @Test
  void aListenerThatFailsIsToldOfTheOthers() throws Exception {
    write("more-1.yml", route("fails", 1) + route("one", 8080));
    awaitPresent("own:80", "one:8080", "fails:1");
  }

  /** An error, too, such as that of a file which is nested too deeply. */
  @Test
  void aListenerThatFailsOnceIsToldAgain() throws Exception {
    failure = new StackOverflowError("thrown by a test");
    write("more-1.yml", route("fails", 1));
    Await.until("told again", () -> told.stream().filter("+fails:1"::equals).count() == 2);
    failure = null;
    Await.until("told again", () -> told.stream().filter("+fails:1"::equals).count() == 3);
    write("more-2.yml", route("one", 8080));
    awaitPresent("own:80", "one:8080", "fails:1");
    assertThat(told.stream().filter("+fails:1"::equals)).hasSize(3);

    failure = new StackOverflowError("thrown by a test");
    Files.delete(folder.resolve("more-1.yml"));
    Await.until("told again", () -> told.stream().filter("-fails:1"::equals).count() == 2);
    write("more-3.yml", route("two", 8081));
    Await.until("the other", () -> told.contains("+two:8081"));
  }

  private RegistrarFiles watching(String... globs) throws IOException, ConfigException {
    String list =
        List.of(globs).stream()
            .map(glob -> "\"" + glob + "\"")
            .collect(Collectors.joining(", ", "[", "]"));
    Path settings =
        Files.writeString(
            folder.resolve("registrar_settings.json"),
            """
            {
              "host": "10.0.0.5",
              "message_bus_servers": [{"host": "nats:4222"}],
              "routes": [
                {"name": "own", "port": 80, "uris": ["a"], "registration_interval": "10s"}
              ],
              "dynamic_config_globs": %s
            }
            """
                .formatted(list));
    return new RegistrarFiles(
        RegistrarSettings.read(settings),
        new RegistrarFiles.Observer() {
          @Override
          public void added(RegistrarRoute route) {
            told.add("+" + shown(route));
            fail(route);
          }

          @Override
          public void removed(RegistrarRoute route) {
            told.add("-" + shown(route));
            fail(route);
          }

          @Override
          public void complete() {
            completions.add(List.copyOf(told));
          }
        });
  }

  private void fail(RegistrarRoute route) {
    Error now = failure;
    if (now != null && route.name().equals("fails")) {
      throw now;
    }
  }

  private static String shown(RegistrarRoute route) {
    return route.name() + ":" + ((HttpRoute) route).backend().port();
  }

  private static String route(String name, int port) {
    return """
    - name: %s
      port: %d
      uris: [a]
      registration_interval: 10s
    """
        .formatted(name, port);
  }

  /** Adds the key {@code routes} to what begins with a route. */
  private void write(String name, String routes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, routes.startsWith("- ") ? "routes:\n" + routes : routes);
  }

  private void awaitTold(String... expected) {
    Await.until(
        "told of " + List.of(expected) + ", not " + told, () -> told.equals(List.of(expected)));
  }

  private void awaitPresent(String... expected) {
    Await.until(List.of(expected) + " after " + told, () -> present().equals(Set.of(expected)));
  }

  private Set<String> present() {
    Set<String> present = new TreeSet<>();
    for (String event : told) {
      if (event.startsWith("+")) {
        present.add(event.substring(1));
      } else {
        present.remove(event.substring(1));
      }
    }
    return present;
  }
}
