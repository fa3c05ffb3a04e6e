package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look by look. */
class WatchedFileTest {
  private static final String ONE =
      "routes:\n- {name: one, port: 1, uris: [a], registration_interval: 1s}\n";
  private static final String TWO =
      "- {name: two, port: 2, uris: [a], registration_interval: 1s}\n";

  @TempDir Path folder;
  private Path path;
  private WatchedFile file;

  @BeforeEach
  void open() {
    path = folder.resolve("config.yml");
    file = new WatchedFile(path, "10.0.0.5");
  }

  @Test
  void isReadWhenTwoLooksFindItTheSame() throws Exception {
    Files.writeString(path, ONE);
    file.look();
    assertThat(names()).isEmpty();
    file.look();
    assertThat(names()).containsExactly("one");
  }

  /** Empty, then half of it: both are YAML. */
  @Test
  void isNotReadWhileItIsWritten() throws Exception {
    Files.writeString(path, ONE + TWO);
    lookTwice();
    assertThat(names()).containsExactly("one", "two");
    Files.writeString(path, "");
    file.look();
    Files.writeString(path, ONE);
    file.look();
    Files.writeString(path, ONE + TWO + TWO);
    file.look();
    assertThat(names()).containsExactly("one", "two");
    file.look();
    assertThat(names()).containsExactly("one", "two", "two");
  }

  @Test
  void isGoneWhenItIsMissingTwice() throws Exception {
    Files.writeString(path, ONE);
    lookTwice();
    assertThat(file.isGone()).isFalse();
    file.look();
    assertThat(file.isGone()).isFalse();
    assertThat(file.isGone()).isTrue();
  }

  @Test
  void staysAsItWasWhenItVanishesBetweenListingAndLook() throws Exception {
    Files.writeString(path, ONE);
    lookTwice();
    Files.delete(path);
    lookTwice();
    assertThat(names()).containsExactly("one");
  }

  @Test
  void emptyAndAtRestItHasNoRoutes() throws IOException {
    Files.writeString(path, ONE);
    lookTwice();
    Files.writeString(path, "");
    lookTwice();
    assertThat(names()).isEmpty();
  }

  private void lookTwice() {
    file.look();
    file.look();
  }

  private List<String> names() {
    return file.routes().stream().map(RegistrarRoute::name).toList();
  }
}
