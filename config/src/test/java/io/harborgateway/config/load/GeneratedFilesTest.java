package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The schema and the reference in the repository are those of the records. */
final class GeneratedFilesTest {
  private static final boolean REGENERATE = System.getProperty("config.regenerate") != null;

  @Test
  void schema() throws IOException {
    assertGenerated(Path.of("gateway.schema.json"), ConfigSchema.json());
  }

  @Test
  void reference() throws IOException {
    assertGenerated(Path.of("../docs/configuration.md"), ConfigReference.markdown());
  }

  private static void assertGenerated(Path file, String text) throws IOException {
    if (REGENERATE) {
      Files.writeString(file, text);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s; regenerate it by: mvn -pl config test -Dconfig.regenerate=true", file.normalize())
        .isEqualTo(text);
  }
}
