package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForbiddenVersionTest {
  private static final ForbiddenVersion LINE =
      ForbiddenVersion.parse("io.netty:netty-handler 4.2.5 CVE-1: a fault");

  @ParameterizedTest
  @CsvSource({
    "4.2.4.Final, true",
    "4.1.130.Final, true",
    "4.2, true",
    "4.2.5.Final, false",
    "4.2.18.Final, false",
    "5.0.0.Alpha1, false"
  })
  void forbidsWhatIsOlder(String version, boolean forbidden) {
    assertThat(LINE.forbids("io.netty:netty-handler", version)).isEqualTo(forbidden);
    assertThat(LINE.forbids("io.netty:netty-codec-http", version)).isFalse();
  }

  @Test
  void aLineHasThreeParts() {
    assertThatThrownBy(() -> ForbiddenVersion.parse("io.netty:netty-handler CVE-1"))
        .hasMessageContaining("expected: group:artifact version reason");
  }
}
