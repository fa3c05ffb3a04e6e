package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PeerBinaryTest {
  @Test
  void findsWhatIsInstalled() {
    assertThat(PeerBinary.require("sh", "dash")).isExecutable();
  }

  @Test
  void failsWithTheInstallLineForWhatIsMissing() {
    assertThatThrownBy(() -> PeerBinary.require("no-such-program", "some-package"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("no-such-program is missing: apt-get install some-package");
  }
}
