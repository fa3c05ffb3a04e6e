package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.HostName;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncedNamesTest {
  private static final HostName SAN = HostName.of("guid.example.com");
  private static final RegistryMessage BOTH = message(443, "a.example.com", "b.example.com");
  private static final RegistryMessage ONE = message(443, "b.example.com");

  private final AnnouncedNames announcedNames = new AnnouncedNames();

  @Test
  void whatNobodyAnnouncesIsUnclaimed() {
    assertThat(announcedNames.unclaimed(BOTH)).isEqualTo(BOTH);
  }

  @Test
  void namesThatAreAnnouncedAreLeftOut() {
    announcedNames.add(ONE);
    assertThat(announcedNames.unclaimed(BOTH)).isEqualTo(message(443, "a.example.com"));
    assertThat(announcedNames.unclaimed(ONE)).isNull();
  }

  @Test
  void anotherEndpointClaimsNothing() {
    announcedNames.add(message(4443, "b.example.com"));
    assertThat(announcedNames.unclaimed(ONE)).isEqualTo(ONE);
  }

  /** gorouter takes the TLS port for the endpoint where there are both. */
  @Test
  void thePortThatIsDialledCounts() {
    var both = new Endpoint(80, 443, SAN, Endpoint.Protocol.HTTP1);
    announcedNames.add(new RegistryMessage(ONE.names(), both, ONE.origin(), ONE.fields()));
    assertThat(announcedNames.unclaimed(ONE)).isNull();
  }

  @Test
  void aNameIsClaimedUntilTheLastRouteLeaves() {
    announcedNames.add(ONE);
    announcedNames.add(BOTH);
    announcedNames.remove(ONE);
    assertThat(announcedNames.unclaimed(ONE)).isNull();
    announcedNames.remove(BOTH);
    assertThat(announcedNames.unclaimed(ONE)).isEqualTo(ONE);
  }

  @Test
  void onlyNamesThatWereNotAnnouncedHereAreNew() {
    announcedNames.introduce(ONE);
    assertThat(announcedNames.notIntroduced(BOTH)).isEqualTo(message(443, "a.example.com"));
    assertThat(announcedNames.notIntroduced(ONE)).isNull();
    assertThat(announcedNames.notIntroduced(message(4443, "b.example.com")))
        .isEqualTo(message(4443, "b.example.com"));
  }

  /** Files come and go for years. */
  @Test
  void whatIsGoneForGoodIsForgotten() {
    announcedNames.introduce(BOTH);
    announcedNames.add(ONE);
    announcedNames.forget(BOTH);
    assertThat(announcedNames.notIntroduced(BOTH)).isEqualTo(message(443, "a.example.com"));
  }

  private static RegistryMessage message(int tlsPort, String... names) {
    return new RegistryMessage(
        List.of(names),
        Endpoint.tls(tlsPort, SAN),
        TestRoutes.ORIGIN,
        TestRoutes.HTTPS.message().fields());
  }
}
