package io.harborgateway.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir private Path folder;
  private Path path;
  private Path moved;
  private LogFile file;

  @BeforeEach
  void open() {
    path = folder.resolve("access.log");
    moved = folder.resolve("access.log.1");
    file = new LogFile(path);
  }

  private void write(String text) throws IOException {
    file.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  @Test
  void isAppendedTo() throws IOException {
    Files.writeString(path, "before\n");
    write("one\n");
    write("two\n");
    assertThat(path).hasContent("before\none\ntwo\n");
  }

  @Test
  void isOpenedAgainAfterARenameWithinASecond() throws IOException {
    write("one\n");
    Files.move(path, moved);
    Await.until(
        "a new file",
        () -> {
          write("line\n");
          return Files.exists(path);
        });
    assertThat(Files.readString(moved)).matches("one\n(line\n)*");
    assertThat(path).hasContent("line\n");
  }

  @Test
  void isOpenedAgainWhenAskedTo() throws IOException {
    write("one\n");
    Files.move(path, moved);
    write("");
    assertThat(path).doesNotExist();
    file.reopen();
    write(""); // as it is woken for
    assertThat(path).isEmptyFile();
    assertThat(moved).hasContent("one\n");
  }

  /** What is behind the name can change, as a disk that has space again. */
  @Test
  void goesOnAfterAFailure() throws IOException {
    Files.createSymbolicLink(path, Path.of("/dev/full"));
    assertThatThrownBy(() -> write("lost\n")).hasMessageContaining("No space left on device");
    Files.delete(path);
    Await.until(
        "a new file",
        () -> {
          try {
            write("line\n");
          } catch (IOException e) {
            return false;
          }
          return true;
        });
    assertThat(path).hasContent("line\n");
  }

  @Test
  void saysWhyItCantBeOpened() throws Exception {
    assertThat(LogFile.problem(path)).isNull();
    assertThat(path).as("a check makes no file").doesNotExist();
    assertThat(LogFile.problem(Path.of("/dev/full"))).isNull();
    assertThat(LogFile.problem(folder)).isEqualTo("a folder");
    assertThat(LogFile.problem(folder.resolve("none/access.log"))).contains("in no folder");
    Files.writeString(path, "");
    assertThat(LogFile.problem(path)).isNull();
    assertThat(LogFile.problem(path.resolve("access.log"))).contains("in no folder");
    Command.run(List.of("mkfifo", moved.toString())).succeeded();
    assertThat(LogFile.problem(moved)).isEqualTo("a pipe or a socket");
  }
}
