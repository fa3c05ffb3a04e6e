package io.harborgateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTableTest {
  private static final String DIGEST = "sha256:0123456789ab" + "0".repeat(52);

  @Test
  void alignsShortensAndCounts() {
    var holds = new CheckRow("first", DIGEST, DIGEST, "9 MB/s");
    var fails = new CheckRow("second", "https://" + DemoInstance.baseName(), "404", "");
    assertThat(CheckTable.lines(List.of(holds, fails)))
        .containsExactly(
            "check   expected                  seen",
            "first   sha256:0123456789ab…      sha256:0123456789ab… (9 MB/s)  ok",
            "second  https://<guid>.demo.test  404                            FAILED",
            "1 of 2 hold");
  }

  @Test
  void comparesMoreThanItShows() {
    String other = DIGEST.substring(0, DIGEST.length() - 1) + "1";
    assertThat(new CheckRow("blob", DIGEST, other, "").holds()).isFalse();
  }

  @Test
  void aFailureToLookIsWhatWasSeen() {
    var row =
        CheckRow.of(
            "check",
            "200",
            () -> {
              throw new IOException("Connection refused");
            });
    assertThat(row).isEqualTo(new CheckRow("check", "200", "Connection refused", ""));
  }
}
