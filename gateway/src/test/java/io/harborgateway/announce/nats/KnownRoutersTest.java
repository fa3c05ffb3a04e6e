package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownRoutersTest {
  private static final Duration TWENTY = Duration.ofSeconds(20);
  private final KnownRouters knownRouters = new KnownRouters(Clock.systemUTC());

  private void heard(String id, String minimum, String prune) {
    String json =
        """
        {"id":"%s","hosts":["10.0.0.1"],"minimumRegisterIntervalInSeconds":%s,
         "pruneThresholdInSeconds":%s}
        """
            .formatted(id, minimum, prune);
    knownRouters.heard(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutRoutersTheConfiguredIntervalIsUsed() {
    assertThat(knownRouters.interval(TWENTY)).isEqualTo(TWENTY);
    assertThat(knownRouters.routers()).isEmpty();
  }

  @Test
  void eachRouterIsKnownOnceByItsId() {
    heard("b", "20", "120");
    heard("a", "20", "120");
    heard("b", "30", "120");
    assertThat(knownRouters.routers()).extracting(RouterStatus::id).containsExactly("a", "b");
    assertThat(knownRouters.routers().getLast().minimumRegisterIntervalInSeconds()).isEqualTo(30.0);
    assertThat(knownRouters.routers().getFirst().hosts()).containsExactly("10.0.0.1");
    knownRouters.begin();
    assertThat(knownRouters.routers()).isEmpty();
  }

  @Test
  void theSmallestMinimumIsTheLeastInterval() {
    heard("a", "30", "120");
    heard("b", "25", "120");
    assertThat(knownRouters.interval(TWENTY)).isEqualTo(Duration.ofSeconds(25));
    assertThat(knownRouters.interval(Duration.ofSeconds(40))).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void aRouteIsAnnouncedAgainBeforeTheFirstRouterForgetsIt() {
    heard("a", "20", "120");
    heard("b", "20", "90");
    assertThat(knownRouters.interval(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(45));
    assertThat(knownRouters.interval(Duration.ofSeconds(90))).isEqualTo(Duration.ofSeconds(45));
    assertThat(knownRouters.interval(Duration.ofSeconds(89))).isEqualTo(Duration.ofSeconds(89));
  }

  @Test
  void whatIsNoDescriptionOfARouterIsRefused() {
    String deep = "{\"id\":\"a\",\"hosts\":" + "[".repeat(100) + "]".repeat(100) + "}";
    String longId = "{\"id\":\"" + "x".repeat(KnownRouters.MAX_TEXT + 1) + "\"}";
    String large = "{\"id\":\"a\",\"more\":\"" + "x".repeat(RouterJson.MAX_BYTES) + "\"}";
    for (String text : List.of("no json", "{}", "", "[]", "{\"id\":1", deep, longId, large)) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> knownRouters.heard(text.getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(knownRouters.routers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"x\"", "-1", "0", "-1e400", "null", "[1]", "{\"a\":1}", "true", "\"20\""})
  void whatIsNoNumberAboveZeroIsNotSaid(String value) {
    heard("a", value, value);
    assertThat(knownRouters.interval(TWENTY)).isEqualTo(TWENTY);
    assertThat(knownRouters.routers().getFirst().pruneThresholdInSeconds()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "1e10", "1e18", "99999999999999999999999999999999", "3601"})
  void noNumberIsMoreThanAnHour(String value) {
    heard("a", value, value);
    assertThat(knownRouters.routers().getFirst().pruneThresholdInSeconds()).isEqualTo(3600);
    assertThat(knownRouters.routers().getFirst().minimumRegisterIntervalInSeconds())
        .isEqualTo(3600);
    assertThat(knownRouters.interval(TWENTY)).isEqualTo(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0001", "1e-400", "4.9e-324", "0.999", "1"})
  void noRouterIsToldMoreOftenThanEachSecond(String value) {
    heard("a", "20", value);
    assertThat(knownRouters.interval(TWENTY))
        .isEqualTo(value.equals("1e-400") ? TWENTY : Duration.ofSeconds(1));
    Duration often = Duration.ofMillis(200);
    assertThat(knownRouters.interval(often)).as("as configured").isBetween(often, TWENTY);
  }

  @Test
  void whoWasNotHeardForTheLongestTimeMakesRoom() {
    for (int i = 0; i < KnownRouters.MAX_ROUTERS; i++) {
      heard("router-" + i, "20", "120");
    }
    heard("router-0", "20", "120");
    heard("one more", "20", "120");
    assertThat(knownRouters.routers())
        .hasSize(KnownRouters.MAX_ROUTERS)
        .extracting(RouterStatus::id)
        .contains("router-0", "one more")
        .doesNotContain("router-1");
  }

  @Test
  void hostsAreBoundedInNumberAndLength() {
    String host = "\"" + "h".repeat(KnownRouters.MAX_TEXT + 1) + "\",";
    String hosts = host + "\"10.0.0.1\",".repeat(2 * KnownRouters.MAX_HOSTS) + "7";
    knownRouters.heard(
        ("{\"id\":\"a\",\"hosts\":[" + hosts + "]}").getBytes(StandardCharsets.UTF_8));
    assertThat(knownRouters.routers().getFirst().hosts())
        .hasSize(KnownRouters.MAX_HOSTS)
        .containsOnly("10.0.0.1");
  }
}
