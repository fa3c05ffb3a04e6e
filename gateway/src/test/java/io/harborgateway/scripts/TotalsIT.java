package io.harborgateway.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bin/lib/test-totals, by which bin/test succeeds or fails. */
class TotalsIT {
  @TempDir Path folder;

  private void report(String path, int tests, int errors, int skipped, int failures)
      throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="a" time="0.1" tests="%d" errors="%d" skipped="%d" failures="%d">
          <testcase name="prints"><system-out><![CDATA[<testsuite tests="99">]]></system-out></testcase>
        </testsuite>
        """
            .formatted(tests, errors, skipped, failures));
  }

  private Command.Result totals() {
    return Command.run(List.of("../bin/lib/test-totals", folder.toString()));
  }

  @Test
  void sumsTheReportsOfAllModules() throws IOException {
    report("one/target/surefire-reports/TEST-a.xml", 3, 0, 0, 0);
    report("two/target/failsafe-reports/TEST-b.xml", 40, 0, 0, 0);
    report("two/target/failsafe-reports/other.xml", 7, 7, 0, 0);
    assertThat(totals()).isEqualTo(new Command.Result(0, "43 passed, 0 failed\n", ""));
  }

  @Test
  void failsOnFailuresAndErrors() throws IOException {
    report("one/target/surefire-reports/TEST-a.xml", 10, 1, 3, 2);
    assertThat(totals()).isEqualTo(new Command.Result(1, "4 passed, 3 failed, 3 skipped\n", ""));
  }

  @Test
  void failsWhenNoTestRan() {
    assertThat(totals()).isEqualTo(new Command.Result(1, "0 passed, 0 failed\n", ""));
  }
}
