package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.harborgateway.config.values.HostName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtherNodesTest {
  private static final String NAME = "guid.example.com";
  private static final String MORE = "guid.extra.example.com";
  private static final Duration INTERVAL = Duration.ofSeconds(20);

  private long nanos = Long.MAX_VALUE - 5; // it overflows within the tests
  private final OtherNodes others = new OtherNodes(() -> nanos);

  @BeforeEach
  void announces() {
    others.add(TestRoutes.HTTPS.message()); // 10.0.1.5:443, both names
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private void hears(boolean registers, String json) {
    others.heard(registers, bytes(json), INTERVAL);
  }

  private void registers(String host, String more) {
    hears(
        true,
        "{'uris':['%s','%s'],'host':'%s','tls_port':443%s}".formatted(NAME, MORE, host, more));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private boolean served() {
    return others.serve(List.of(NAME, MORE), false);
  }

  @Test
  void nobodyIsThereUntilAnotherEndpointIsRegistered() {
    assertThat(served()).isFalse();
    registers("10.0.1.6", "");
    assertThat(served()).isTrue();
    hears(false, "{'uris':['" + NAME + "'],'host':'10.0.1.6','tls_port':443}");
    assertThat(served()).as("one of the names is not").isFalse();
    assertThat(others.serve(List.of(MORE), false)).isTrue();
  }

  @Test
  void anotherRouteOfThisGatewayThatServesTheNamesCounts() {
    others.count(List.of(NAME, MORE), true);
    assertThat(served()).isTrue();
    assertThat(others.serve(List.of(NAME, MORE), true)).as("it is the one that asks").isFalse();
    assertThat(others.hasChanged(false)).isTrue();
    others.count(List.of(NAME), false);
    assertThat(served()).isFalse();
    assertThat(others.hasChanged(false)).isTrue();
  }

  @Test
  void whoIsHeardForTheFirstTimeIsANewcomer() {
    registers("10.0.1.6", "");
    assertThat(others.newcomers()).containsExactlyInAnyOrder(NAME, MORE);
    registers("10.0.1.6", "");
    assertThat(others.newcomers()).isEmpty();
    registers("10.0.1.5", "");
    assertThat(others.newcomers()).as("this one's own endpoint").isEmpty();
  }

  @Test
  void namesAreComparedInLowerCase() {
    hears(true, "{'uris':['GUID.Example.com','guid.EXTRA.example.com'],'host':'h','port':80}");
    assertThat(served()).isTrue();
  }

  /** What an earlier process at this address said, or route_registrar beside this one. */
  @Test
  void ownEndpointsDoNotCount() {
    registers("10.0.1.5", "");
    assertThat(served()).isFalse();
    hears(true, "{'uris':['" + NAME + "'],'host':'10.0.1.5','tls_port':4443}");
    assertThat(others.serve(List.of(NAME), false)).as("another port is another endpoint").isTrue();
  }

  /** Two that fall together would each take the other for one that serves. */
  @Test
  void whoIsAnnouncedAsTheLastOneDoesNotServe() {
    registers("10.0.1.6", ",'tags':{'component':'harbor','harbor-gateway':'last'}");
    assertThat(served()).isFalse();
    assertThat(others.hasChanged(true)).isTrue();
    registers("10.0.1.6", ",'tags':{'component':'harbor'}");
    assertThat(others.hasChanged(true)).as("it serves again").isTrue();
    assertThat(served()).isTrue();
    registers("10.0.1.6", "");
    assertThat(others.hasChanged(true)).as("as before").isFalse();
  }

  /** A node that was killed unregisters nothing. */
  @Test
  void whoIsSilentForTwoMinutesIsNotCounted() {
    registers("10.0.1.6", "");
    assertThat(others.hasChanged(true)).isTrue();
    pass(OtherNodes.SILENCE);
    assertThat(served()).isTrue();
    assertThat(others.hasChanged(true)).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(served()).isFalse();
    assertThat(others.hasChanged(true)).isTrue();
    assertThat(others.count()).isZero();
  }

  @Test
  void aNamedThresholdCountsButThreeIntervalsAtLeast() {
    registers("10.0.1.6", ",'stale_threshold_in_seconds':1");
    pass(INTERVAL.multipliedBy(3));
    assertThat(served()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(served()).isFalse();
    registers("10.0.1.6", ",'stale_threshold_in_seconds':1e400");
    pass(KnownRouters.LONGEST.plusNanos(1));
    assertThat(served()).isFalse();
  }

  @Test
  void nobodyIsSilentForTheTimeWithoutNats() {
    registers("10.0.1.6", "");
    pass(Duration.ofHours(1));
    others.resume();
    assertThat(served()).isTrue();
    pass(OtherNodes.SILENCE.plusNanos(1));
    assertThat(served()).isFalse();
  }

  @Test
  void anyNumberOfEndpointsIsBounded() {
    for (int i = 0; i < 10_000; i++) {
      pass(Duration.ofMillis(1));
      registers("10.1.0." + i, "");
    }
    assertThat(others.count()).isEqualTo(2 * OtherNodes.MAX_ENDPOINTS);
    hears(false, "{'uris':['" + NAME + "'],'host':'10.1.0.9999','tls_port':443}");
    assertThat(others.count()).as("the latest were kept").isEqualTo(31);
  }

  /** Each would have to make room for the next, and be new again: no node would be quiet again. */
  @Test
  void amongMoreEndpointsThanAreKeptNobodyIsANewcomer() {
    for (int i = 0; i < OtherNodes.MAX_ENDPOINTS; i++) {
      registers("10.1.0." + i, "");
      assertThat(others.newcomers()).containsExactlyInAnyOrder(NAME, MORE);
    }
    for (int i = 0; i < 10 * OtherNodes.MAX_ENDPOINTS; i++) {
      pass(Duration.ofMillis(1));
      registers("10.1.0." + i % (OtherNodes.MAX_ENDPOINTS + 1), "");
      assertThat(others.newcomers()).isEmpty();
    }
    hears(false, "{'uris':['" + NAME + "'],'host':'10.1.0.5','tls_port':443}");
    registers("10.1.0.100", "");
    assertThat(others.newcomers()).as("there is room for it").containsExactly(NAME);
  }

  @Test
  void ofOtherNamesNothingIsKeptAndNothingIsRead() {
    hears(true, "{'uris':['app.example.com'],'host':'h','port':80}");
    hears(true, "no JSON at all");
    hears(true, "");
    assertThat(others.count()).isZero();
    assertThat(others.hasChanged(true)).isFalse();
  }

  @Test
  void whatNamesOneOfOursAndCanNotBeReadIsRefused() {
    for (String rest : List.of("", ",'host':7}", ",'host':'h','port':70000}", ",'host':'h'}")) {
      assertThatIllegalArgumentException()
          .as(rest)
          .isThrownBy(() -> hears(true, "{'uris':['" + NAME + "']" + rest));
    }
  }

  @Test
  void whatIsGoneForGoodIsForgotten() {
    var more =
        new RegistryMessage(
            List.of(NAME),
            Endpoint.tls(4443, HostName.of(NAME)),
            TestRoutes.ORIGIN,
            TestRoutes.HTTPS.message().fields());
    others.add(more);
    registers("10.0.1.6", "");
    others.remove(TestRoutes.HTTPS.message());
    assertThat(others.serve(List.of(NAME), false)).as("another route has it").isTrue();
    assertThat(others.serve(List.of(MORE), false)).isFalse();
    others.remove(more);
    assertThat(others.count()).isZero();
  }
}
