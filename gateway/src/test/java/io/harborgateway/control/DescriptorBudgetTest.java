package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorBudgetTest {
  @Test
  void connectionsAreThoseThatThereAreTwoDescriptorsFor() {
    assertThat(new DescriptorBudget(1_000, 200, 100).connections(10_000)).isEqualTo(350);
    assertThat(new DescriptorBudget(1_000, 200, 100).connections(350)).isEqualTo(350);
    assertThat(new DescriptorBudget(Long.MAX_VALUE, 200, 100).connections(10_000))
        .isEqualTo(10_000);
  }

  @Test
  void whatTheWarningCallsNeededIsEnough() {
    assertThat(new DescriptorBudget(200 + 9_000 + 2 * 1_000, 200, 9_000).connections(1_000))
        .isEqualTo(1_000);
  }

  @Test
  void reserveAndIdleConnectionsLeaveSomePlaces() {
    assertThat(new DescriptorBudget(120, 500, 5_000).connections(10_000)).isEqualTo(20);
    assertThat(new DescriptorBudget(3, 500, 5_000).connections(10_000)).isEqualTo(1);
  }
}
