package io.harborgateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of the bucket's last good state. */
class BucketStateTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsRead() throws Exception {
    var state = new BucketState(folder.resolve("state"));
    assertThat(state.read()).isEqualTo(KeptBucket.NONE);
    var kept = new KeptBucket("b", Map.of("one", "guid: \"ü\"\n", "two", ""), "c");

    state.write(kept);

    assertThat(state.read()).isEqualTo(kept);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("state", "state.lock");
    }
  }

  @Test
  void whatCannotBeWrittenLeavesWhatWas() throws Exception {
    Path file = folder.resolve("state");
    var state = new BucketState(file);
    state.write(new KeptBucket("b", Map.of("one", "1"), null));
    Files.createDirectory(folder.resolve("state.next"));
    Files.writeString(folder.resolve("state.next").resolve("in the way"), "");

    assertThatThrownBy(() -> state.write(new KeptBucket("b", Map.of(), null)))
        .isInstanceOf(IOException.class);

    assertThat(state.read().values()).containsKey("one");
  }

  /** As when a volume was made anew. */
  @Test
  void aFileThatWasLostIsWrittenAgain() throws Exception {
    Path file = folder.resolve("state");
    var kept = new KeptBucket("b", Map.of("one", "1"), null);
    try (var writer = new StateWriter(new BucketState(file))) {
      writer.write(kept);
      Await.until("written", () -> Files.exists(file));
      Files.delete(file);
      writer.write(kept);
      Await.until("written again", () -> Files.exists(file));
    }
    assertThat(new BucketState(file).read()).isEqualTo(kept);
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = folder.resolve("pipe");
    Command.run(List.of("mkfifo", pipe.toString())).succeeded();
    assertThatThrownBy(() -> new BucketState(pipe).read()).hasMessageEndingWith("no regular file");
  }

  @Test
  void servesTheBucketItIsFromAndTheOneAwaitedInItsPlace() {
    BucketListing good = new BucketListing("b", Map.of("one", "1"), Map.of());

    assertThat(KeptBucket.of(good, "b").isFor("b")).isTrue();
    assertThat(KeptBucket.of(good, "b").isFor("c")).isFalse();
    assertThat(KeptBucket.of(good, "c").isFor("b")).isTrue();
    assertThat(KeptBucket.of(good, "c").isFor("c")).isTrue();
    assertThat(KeptBucket.of(good, "c").isFor("d")).isFalse();
    assertThat(KeptBucket.of(good, "c").listing()).isEqualTo(good);
  }

  @Test
  void readsAFileThatAwaitsNoOther() throws Exception {
    Path file =
        Files.writeString(folder.resolve("state"), "{\"bucket\":\"b\",\"values\":{\"one\":\"1\"}}");

    assertThat(new BucketState(file).read())
        .isEqualTo(new KeptBucket("b", Map.of("one", "1"), null));
  }

  @Test
  void oneOfTwoThatWereGivenTheSameFileKeepsIt() throws Exception {
    Path file = folder.resolve("state");
    var first = new KeptBucket("a", Map.of("one", "1"), null);
    var second = new KeptBucket("b", Map.of(), null);
    try (var other = new BucketState(file)) {
      try (var state = new BucketState(file)) {
        state.write(first);

        assertThatThrownBy(() -> other.write(second))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("another process keeps its state there");
        assertThat(other.read()).isEqualTo(first);
      }
      other.write(second); // the first one has ended
      assertThat(other.read()).isEqualTo(second);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"bucket\":null,\"values\":{}}",
        "{\"bucket\":\"b\"}",
        "{\"bucket\":\"b\",\"values\":{\"a\":null}}",
        "{\"bucket\":\"b\",\"values\":{\"a\":\"1\"",
        "\u0000\u0000"
      })
  void whatSomebodyElseWroteIsAnError(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("state"), content);

    assertThatThrownBy(() -> new BucketState(file).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }
}
