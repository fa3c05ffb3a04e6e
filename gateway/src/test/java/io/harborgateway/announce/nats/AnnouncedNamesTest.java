package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.HostName;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncedNamesTest {
  private static final HostName SAN = HostName.of("guid.example.com");
  private static final RegistryMessage BOTH = message(443, "a.example.com", "b.example.com");
  private static final RegistryMessage ONE = message(443, "b.example.com");

  private final AnnouncedNames claims = new AnnouncedNames();

  @Test
  void whatNobodyAnnouncesIsUnclaimed() {
    assertThat(claims.unclaimed(BOTH)).isEqualTo(BOTH);
  }

  @Test
  void namesThatAreAnnouncedAreLeftOut() {
    claims.add(ONE);
    assertThat(claims.unclaimed(BOTH)).isEqualTo(message(443, "a.example.com"));
    assertThat(claims.unclaimed(ONE)).isNull();
  }

  @Test
  void anotherEndpointClaimsNothing() {
    claims.add(message(4443, "b.example.com"));
    assertThat(claims.unclaimed(ONE)).isEqualTo(ONE);
  }

  /** gorouter takes the TLS port for the endpoint where there are both. */
  @Test
  void thePortThatIsDialledCounts() {
    var both = new Endpoint(80, 443, SAN, Endpoint.Protocol.HTTP1);
    claims.add(new RegistryMessage(ONE.names(), both, ONE.origin(), ONE.fields()));
    assertThat(claims.unclaimed(ONE)).isNull();
  }

  @Test
  void aNameIsClaimedUntilTheLastRouteLeaves() {
    claims.add(ONE);
    claims.add(BOTH);
    claims.remove(ONE);
    assertThat(claims.unclaimed(ONE)).isNull();
    claims.remove(BOTH);
    assertThat(claims.unclaimed(ONE)).isEqualTo(ONE);
  }

  @Test
  void onlyNamesThatWereNotAnnouncedHereAreNew() {
    claims.introduce(ONE);
    assertThat(claims.notIntroduced(BOTH)).isEqualTo(message(443, "a.example.com"));
    assertThat(claims.notIntroduced(ONE)).isNull();
    assertThat(claims.notIntroduced(message(4443, "b.example.com")))
        .isEqualTo(message(4443, "b.example.com"));
  }

  /** Files come and go for years. */
  @Test
  void whatIsGoneForGoodIsForgotten() {
    claims.introduce(BOTH);
    claims.add(ONE);
    claims.forget(BOTH);
    assertThat(claims.notIntroduced(BOTH)).isEqualTo(message(443, "a.example.com"));
  }

  private static RegistryMessage message(int tlsPort, String... names) {
    return new RegistryMessage(
        List.of(names),
        Endpoint.tls(tlsPort, SAN),
        TestRoutes.ORIGIN,
        TestRoutes.HTTPS.message().fields());
  }
}
