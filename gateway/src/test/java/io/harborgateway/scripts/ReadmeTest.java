package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README says what is there. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  private static List<String> withoutComments(String yaml) {
    return yaml.lines().filter(line -> !line.strip().startsWith("#")).toList();
  }

  @Test
  void itsConfigurationIsTheMinimalExample() throws IOException {
    List<String> blocks =
        YAML.matcher(readme()).results().map((MatchResult block) -> block.group(1)).toList();
    String example = Files.readString(ROOT.resolve("config/examples/minimal.yml"));

    assertThat(blocks).hasSize(1);
    assertThat(withoutComments(blocks.getFirst()))
        .isEqualTo(withoutComments(example).stream().dropWhile(String::isBlank).toList());
  }

  @Test
  void itsLinksLeadSomewhere() throws IOException {
    assertThat(LINK.matcher(readme()).results().map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(target -> assertThat(ROOT.resolve(target)).exists());
  }
}
