package io.harborgateway.app;

import static io.harborgateway.registration.Presence.ANOTHER;
import static io.harborgateway.registration.Presence.NOBODY;
import static io.harborgateway.registration.Presence.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.registration.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LastNodeRuleTest {
  private static final LastNodeRule DOWN = new LastNodeRule(false, true, false);

  @Test
  void theLastNodeIsKeptUntilAnotherOneIsThere() {
    assertThat(DOWN.keeps(NOBODY, false)).isTrue();
    assertThat(DOWN.keeps(NOBODY, true)).isTrue();
    assertThat(DOWN.keeps(ANOTHER, false)).isFalse();
    assertThat(DOWN.keeps(ANOTHER, true)).isFalse();
  }

  @Test
  void whoKnowsNothingOfOthersChangesNothing() {
    assertThat(DOWN.keeps(UNKNOWN, true)).isTrue();
    assertThat(DOWN.keeps(UNKNOWN, false)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void neitherWhatIsUpNorWhatNeverWasNorWhatIsHeldOtherwiseIsKept(Presence others) {
    for (boolean kept : new boolean[] {true, false}) {
      assertThat(new LastNodeRule(true, true, false).keeps(others, kept)).isFalse();
      assertThat(new LastNodeRule(false, false, false).keeps(others, kept)).isFalse();
      assertThat(new LastNodeRule(false, true, true).keeps(others, kept)).isFalse();
    }
  }
}
