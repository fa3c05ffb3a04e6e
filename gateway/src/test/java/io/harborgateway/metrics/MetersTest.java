package io.harborgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MetersTest {
  private static final String REQUESTS =
      "harbor_gateway_requests_total{instance=\"one\",listener=\"https\",status=\"2xx\"} ";
  private static final String BUCKET =
      "harbor_gateway_request_duration_seconds_bucket"
          + "{instance=\"one\",listener=\"https\",le=\"%s\"} %d";

  private final Meters meters = new Meters();

  private List<String> scraped() {
    return meters.scrape().lines().toList();
  }

  @Test
  void whatWasCountedBeforeTheFirstScrapeIsShown() {
    meters.listener("https").requests("one").completed(200, 1);
    meters.published("router.register");
    assertThat(scraped())
        .contains(
            REQUESTS + "1.0",
            "harbor_gateway_registration_messages_total{subject=\"router.register\"} 1.0");
  }

  @Test
  void whatIsCountedAfterItIsShownByTheNext() {
    ListenerMeters https = meters.listener("https");
    https.requests("one").completed(200, 1);
    meters.scrape();
    https.requests("one").completed(201, 1);
    https.failed("bad_field");
    https.failed("bad_field");
    assertThat(scraped())
        .contains(
            REQUESTS + "2.0",
            "harbor_gateway_failures_total{code=\"bad_field\",listener=\"https\"} 2.0");
  }

  @Test
  void aDurationCountsInTheBucketsAboveIt() {
    RequestMeters requests = meters.listener("https").requests("one");
    for (Duration duration :
        List.of(
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofMillis(1).plusNanos(1),
            Duration.ofSeconds(900),
            Duration.ofSeconds(901))) {
      requests.completed(200, duration.toNanos());
    }
    assertThat(scraped())
        .contains(
            BUCKET.formatted("0.001", 2),
            BUCKET.formatted("0.005", 3),
            BUCKET.formatted("120.0", 3),
            BUCKET.formatted("900.0", 4),
            BUCKET.formatted("+Inf", 5),
            "harbor_gateway_request_duration_seconds_count{instance=\"one\",listener=\"https\"} 5",
            "harbor_gateway_request_duration_seconds_sum{instance=\"one\",listener=\"https\"}"
                + " 1801.002000001");
  }

  @Test
  void aRequestWithoutAnAnswerHasNoStatus() {
    meters.listener("https").requests("one").completed(0, 1);
    assertThat(scraped()).contains(REQUESTS.replace("2xx", "none") + "1.0");
  }

  @Test
  void aGaugeIsReadAtEachScrape() {
    ListenerMeters https = meters.listener("https");
    String open = "harbor_gateway_connections_open{listener=\"https\"} ";
    https.connectionOpened();
    assertThat(scraped()).contains(open + "1.0");
    https.connectionClosed();
    assertThat(scraped()).contains(open + "0.0");
    meters.natsConnected(true);
    assertThat(scraped()).contains("harbor_gateway_registration_connected 1.0");
  }

  @Test
  void beyondSomeInstancesTheOthersShareTheirMeters() {
    ListenerMeters https = meters.listener("https");
    for (int i = 0; i <= ListenerMeters.MAX_INSTANCES; i++) {
      https.requests("instance-" + i).completed(200, 1);
    }
    assertThat(scraped())
        .contains(REQUESTS.replace("one", "other") + "1.0")
        .anyMatch(line -> line.contains("\"instance-999\""))
        .noneMatch(line -> line.contains("\"instance-1000\""));
  }

  private static final String IDLE =
      "harbor_gateway_upstream_idle_connections{upstream=\"nginx\"} ";
  private static final String REUSED = "harbor_gateway_upstream_reused_total{upstream=\"nginx\"} ";

  private void expectNothingOf(String label) {
    assertThat(scraped()).noneMatch(line -> line.contains("=\"" + label + "\""));
  }

  @Test
  void ofAnUpstreamThatIsRemovedNothingIsShown() {
    UpstreamMeters nginx = meters.upstream("nginx");
    nginx.showIdle(() -> 1);
    nginx.reused();
    nginx.dialFailed("upstream_refused");
    assertThat(scraped()).contains(IDLE + "1.0", REUSED + "1.0");
    nginx.close();
    expectNothingOf("nginx");
    nginx.dialFailed("upstream_connect_timeout"); // an exchange that was running
    expectNothingOf("nginx");
  }

  @Test
  void ofOneThatComesAgainTheNewNumbersAreShown() {
    UpstreamMeters first = meters.upstream("nginx");
    first.showIdle(() -> 1);
    first.reused();
    meters.scrape();
    first.close();
    UpstreamMeters second = meters.upstream("nginx");
    second.showIdle(() -> 2);
    first.reused();
    assertThat(scraped()).contains(IDLE + "2.0", REUSED + "0.0");
  }

  @Test
  void oneThatIsReplacedGoesOnCounting() {
    UpstreamMeters before = meters.upstream("nginx");
    Supplier<Integer> pool = () -> 1;
    before.showIdle(pool);
    before.reused();
    UpstreamMeters after = meters.upstream("nginx");
    after.showIdle(() -> 2);
    assertThat(scraped()).contains(IDLE + "3.0", REUSED + "1.0");
    before.hideIdle(pool);
    before.close();
    after.reused();
    assertThat(scraped()).contains(IDLE + "2.0", REUSED + "2.0");
    after.close();
    expectNothingOf("nginx");
  }

  @Test
  void ofAListenerThatIsRemovedNothingIsShown() {
    ListenerMeters https = meters.listener("https");
    https.connectionOpened();
    https.requests("one").completed(200, 1);
    meters.scrape();
    https.close();
    https.requests("two").completed(200, 1);
    expectNothingOf("https");
    ListenerMeters again = meters.listener("https");
    again.requests("one").completed(201, 1);
    again.requests("two").completed(201, 1);
    assertThat(scraped())
        .contains(REQUESTS + "1.0", "harbor_gateway_connections_open{listener=\"https\"} 0.0");
  }

  @Test
  void aGaugeOfTheSameNameTakesThePlaceOfTheFirst() {
    Runnable first = meters.gauge("level", () -> 1, "of", "it");
    meters.scrape();
    Runnable second = meters.gauge("level", () -> 2, "of", "it");
    assertThat(scraped()).contains("harbor_gateway_level{of=\"it\"} 2.0");
    first.run();
    assertThat(scraped()).contains("harbor_gateway_level{of=\"it\"} 2.0");
    second.run();
    expectNothingOf("it");
  }
}
