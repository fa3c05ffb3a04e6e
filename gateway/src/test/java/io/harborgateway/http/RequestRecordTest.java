package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is kept of a head for the log: little, and no longer than the request lasts. */
class RequestRecordTest {
  private static final String LONG = "x".repeat(2_000);
  private static final String CUT = "x".repeat(RequestRecord.MAX_TEXT) + "...(2000 octets)";

  private static RequestRecord facts(String target, String fields) {
    var facts = new RequestRecord("https", "192.0.2.1", 0, null);
    facts.takeTexts(Wire.request("GET " + target + " HTTP/1.1\r\n" + fields + "\r\n"));
    return facts;
  }

  @Test
  void keepsTextsUpToTheirBound() {
    String longest = "y".repeat(RequestRecord.MAX_TEXT);
    var facts = facts("/a", "User-Agent: " + longest + "\r\n");
    assertThat(facts.target).isEqualTo("/a");
    assertThat(facts.userAgent).isEqualTo(longest);
    assertThat(facts.host).isNull();
    assertThat(facts.referer).isNull();
  }

  @Test
  void cutsWhateverIsLonger() {
    var facts =
        facts(LONG, "Host: " + LONG + "\r\nUser-Agent: " + LONG + "\r\nReferer: " + LONG + "\r\n");
    assertThat(facts.target).isEqualTo(CUT);
    assertThat(facts.host).isEqualTo(CUT);
    assertThat(facts.userAgent).isEqualTo(CUT);
    assertThat(facts.referer).isEqualTo(CUT);
  }

  @Test
  void letsGoOfTheTextsWhenTheRequestIsLogged() {
    try (var proxy = EmbeddedProxy.start()) {
      var facts = facts("/a", "Host: h\r\nUser-Agent: u\r\nReferer: r\r\n");
      facts.client = "203.0.113.9";
      proxy.service.completed(facts, 200, 0, 0, null);
      assertThat(proxy.log.getLast().userAgent()).isEqualTo("u");
      assertThat(facts)
          .extracting(
              one -> one.method,
              one -> one.target,
              one -> one.host,
              one -> one.userAgent,
              one -> one.referer,
              one -> one.client)
          .containsOnlyNulls();
    }
  }
}
