package io.harborgateway.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Files.writeString(folder.resolve("a"), "1");
  }

  @Test
  void isTheSameWhileNothingChanges() throws Exception {
    FileStamp before = FileStamp.of(file);
    assertThat(Files.readString(file)).isEqualTo("1");
    assertThat(FileStamp.of(file)).isEqualTo(before);
    assertThat(before.isAbsent()).isFalse();
    assertThat(before.size()).isEqualTo(1);
  }

  @Test
  void seesWhatHasItsTimeSetBack() throws Exception {
    FileTime time = FileTime.from(1_700_000_000_123_456_789L, TimeUnit.NANOSECONDS);
    Files.setLastModifiedTime(file, time);
    FileStamp before = FileStamp.of(file);
    assertThat(before.modifiedNanos()).isEqualTo(time.to(TimeUnit.NANOSECONDS));
    tick();
    Files.writeString(file, "2");
    Files.setLastModifiedTime(file, time);
    FileStamp after = FileStamp.of(file);
    assertThat(after).isNotEqualTo(before);
    assertThat(after.modifiedNanos()).isEqualTo(before.modifiedNanos());
    assertThat(after.isSameFile(before)).isTrue();
  }

  @Test
  void seesAMode() throws Exception {
    FileStamp before = FileStamp.of(file);
    tick();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assertThat(FileStamp.of(file)).isNotEqualTo(before);
  }

  @Test
  void seesAnotherFileOfTheSameContent() throws Exception {
    FileStamp before = FileStamp.of(file);
    Path other = Files.copy(file, folder.resolve("other"), StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(FileStamp.of(other).isSameFile(before)).isFalse();
    assertThat(FileStamp.of(other)).isNotEqualTo(before);
  }

  @Test
  void isOfTheFileBehindALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(FileStamp.of(link)).isEqualTo(FileStamp.of(file));
  }

  @Test
  void isAbsentWhereNoFileIs() throws Exception {
    Path nowhere = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("missing"));
    assertThat(FileStamp.of(nowhere)).isEqualTo(FileStamp.ABSENT);
    assertThat(FileStamp.of(file.resolve("below a file")).isAbsent()).isTrue();
    assertThat(FileStamp.ABSENT.isSameFile(FileStamp.ABSENT)).isFalse();
  }

  /** The kernel's clock goes by ticks. */
  private static void tick() throws InterruptedException {
    Thread.sleep(20);
  }
}
