package io.harborgateway.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CensusTest {
  private static final Duration TWENTY = Duration.ofSeconds(20);
  private final Census census = new Census(Clock.systemUTC());

  private void heard(String id, String minimum, String prune) {
    String json =
        """
        {"id":"%s","hosts":["10.0.0.1"],"minimumRegisterIntervalInSeconds":%s,
         "pruneThresholdInSeconds":%s}
        """
            .formatted(id, minimum, prune);
    census.heard(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutRoutersTheConfiguredIntervalIsUsed() {
    assertThat(census.interval(TWENTY)).isEqualTo(TWENTY);
    assertThat(census.routers()).isEmpty();
  }

  @Test
  void eachRouterIsKnownOnceByItsId() {
    heard("b", "20", "120");
    heard("a", "20", "120");
    heard("b", "30", "120");
    assertThat(census.routers()).extracting(RouterStatus::id).containsExactly("a", "b");
    assertThat(census.routers().getLast().minimumRegisterIntervalInSeconds()).isEqualTo(30.0);
    assertThat(census.routers().getFirst().hosts()).containsExactly("10.0.0.1");
    census.begin();
    assertThat(census.routers()).isEmpty();
  }

  @Test
  void theSmallestMinimumIsTheLeastInterval() {
    heard("a", "30", "120");
    heard("b", "25", "120");
    assertThat(census.interval(TWENTY)).isEqualTo(Duration.ofSeconds(25));
    assertThat(census.interval(Duration.ofSeconds(40))).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void aRouteIsAnnouncedAgainBeforeTheFirstRouterForgetsIt() {
    heard("a", "20", "120");
    heard("b", "20", "90");
    assertThat(census.interval(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(45));
    assertThat(census.interval(Duration.ofSeconds(90))).isEqualTo(Duration.ofSeconds(45));
    assertThat(census.interval(Duration.ofSeconds(89))).isEqualTo(Duration.ofSeconds(89));
  }

  @Test
  void whatIsNoDescriptionOfARouterIsPassedOver() {
    census.heard("no json".getBytes(StandardCharsets.UTF_8));
    census.heard("{}".getBytes(StandardCharsets.UTF_8));
    census.heard(new byte[0]);
    assertThat(census.routers()).isEmpty();
    heard("a", "\"x\"", "-1");
    assertThat(census.interval(TWENTY)).isEqualTo(TWENTY);
  }
}
