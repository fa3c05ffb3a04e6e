package io.harborgateway.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogFileTest {
  @TempDir private Path folder;
  private Path path;
  private Path moved;
  private LogFile file;
  private int diskSpace = Integer.MAX_VALUE;

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

  @ParameterizedTest
  @CsvSource({"kept, 'one\ntw\nthree\n'", "truncated, 'three\n'", "moved, 'three\n'"})
  void aLineThatWasCutOffIsEndedWhereItIsStillThere(String rotation, String expected)
      throws IOException {
    file = new LogFile(path, this::openOnDisk);
    write("one\n");
    diskSpace = 2;
    assertThatThrownBy(() -> write("two\n")).hasMessage("full");
    assertThatThrownBy(() -> write("lost\n")).hasMessage("full");
    diskSpace = Integer.MAX_VALUE;
    switch (rotation) {
      case "truncated" -> Files.writeString(path, ""); // copytruncate
      case "moved" -> {
        Files.move(path, moved);
        file.reopen();
      }
      default -> {}
    }
    write("three\n");
    assertThat(Files.readString(path)).isEqualTo(expected);
  }

  private SeekableByteChannel openOnDisk(Path path) throws IOException {
    var opened = Files.newByteChannel(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return (SeekableByteChannel)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {SeekableByteChannel.class},
            (proxy, method, arguments) ->
                method.getName().equals("write")
                    ? writeOnDisk(opened, (ByteBuffer) arguments[0])
                    : method.invoke(opened, arguments));
  }

  private int writeOnDisk(SeekableByteChannel channel, ByteBuffer bytes) throws IOException {
    if (diskSpace == 0) {
      throw new IOException("full");
    }
    int length = Math.min(diskSpace, bytes.remaining());
    diskSpace -= length;
    channel.write(bytes.slice(bytes.position(), length));
    bytes.position(bytes.position() + length);
    return length;
  }

  @Test
  void theStartMakesTheFileAndSaysWhyItCant() throws Exception {
    LogFile.open(path);
    assertThat(path).isEmptyFile();
    for (String none : List.of("/proc/x.log", "/sys/x.log")) {
      assertThatThrownBy(() -> LogFile.open(Path.of(none)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("logging.access-log.file: \"" + none + "\" can't be opened: ");
    }
  }

  @Test
  void aLinkIsWhatItPointsTo() throws Exception {
    Path link = Files.createSymbolicLink(path, Path.of("none/access.log"));
    assertThat(LogFile.problem(link)).contains("a link to ", "in no folder that is there");
    Files.delete(link);
    Files.createSymbolicLink(link, moved);
    assertThat(LogFile.problem(link)).isNull();
    assertThat(moved).doesNotExist();
  }

  @Test
  void saysWhyItCantBeOpened() throws Exception {
    assertThat(LogFile.problem(path)).isNull();
    assertThat(path).as("a check makes no file").doesNotExist();
    assertThat(LogFile.problem(Path.of("/dev/full"))).isNull();
    assertThat(LogFile.problem(Path.of("/proc/version"))).contains("by anybody");
    assertThat(LogFile.problem(folder)).isEqualTo("a folder");
    assertThat(LogFile.problem(folder.resolve("none/access.log"))).contains("in no folder");
    Files.writeString(path, "");
    assertThat(LogFile.problem(path)).isNull();
    assertThat(LogFile.problem(path.resolve("access.log"))).contains("in no folder");
    Command.run(List.of("mkfifo", moved.toString())).succeeded();
    assertThat(LogFile.problem(moved)).isEqualTo("a pipe or a socket");
  }
}
