package io.harborgateway.control;

import static io.harborgateway.announce.state.Presence.ANOTHER;
import static io.harborgateway.announce.state.Presence.NOBODY;
import static io.harborgateway.announce.state.Presence.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.announce.state.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LastNodeRuleTest {
  private static final LastNodeRule DOWN = new LastNodeRule(false, true, false);

  @Test
  void theLastNodeIsKeptUntilAnotherOneIsThere() {
    assertThat(DOWN.keeps(NOBODY)).isTrue();
    assertThat(DOWN.keeps(ANOTHER)).isFalse();
  }

  @Test
  void whoDoesNotKnowOfOthersStays() {
    assertThat(DOWN.keeps(UNKNOWN)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void neitherWhatIsUpNorWhatNeverWasNorWhatIsHeldOtherwiseIsKept(Presence others) {
    assertThat(new LastNodeRule(true, true, false).keeps(others)).isFalse();
    assertThat(new LastNodeRule(false, false, false).keeps(others)).isFalse();
    assertThat(new LastNodeRule(false, true, true).keeps(others)).isFalse();
  }
}
