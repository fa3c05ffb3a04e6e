package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "20s, PT20S",
    "1m30s, PT1M30S",
    "1.5h, PT1H30M",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "300ms, PT0.3S",
    "10us, PT0.00001S",
    "10µs, PT0.00001S",
    "10μs, PT0.00001S",
    "7ns, PT0.000000007S",
    "-5s, PT-5S",
    "+5s, PT5S",
    "0, PT0S",
    "0s, PT0S",
    "2540400h10m10s, PT2540400H10M10S",
  })
  void readsWhatGoReads(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "asdf",
        "s",
        ".s",
        "-",
        "5 s",
        "5s ",
        "5S",
        "5d",
        "1e3s",
        "--5s",
        "3000000h",
        "5sm"
      })
  void refusesWhatGoRefuses(String text) {
    assertThat(GoDuration.parse(text)).isNull();
  }
}
