package io.harborgateway.announce.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerNamesTest {

  @Test
  void configuredServerIsKnownByWhatIsConfigured() {
    var names =
        names("tls://10.0.0.1:4222", "tls://nats.example.com:4222", "tls://[2001:db8::1]:4222");

    assertThat(names.expectedOf("10.0.0.1")).isEqualTo("10.0.0.1");
    assertThat(names.expectedOf("nats.example.com")).isEqualTo("nats.example.com");
    assertThat(names.expectedOf("[2001:db8::1]")).isEqualTo("2001:db8::1");
  }

  @Test
  void learnedAddressIsKnownByTheFirstConfiguredName() {
    var names = names("tls://10.0.0.1:4222", "tls://nats.example.com:4222");

    assertThat(names.expectedOf("10.0.0.2")).isEqualTo("nats.example.com");
    assertThat(names.expectedOf("2001:db8::2")).isEqualTo("nats.example.com");
  }

  @Test
  void learnedNameIsKnownByItself() {
    assertThat(names("tls://nats.example.com:4222").expectedOf("other.example.com"))
        .isEqualTo("other.example.com");
  }

  @Test
  void learnedAddressIsKnownByItselfWhereNoNameIsConfigured() {
    assertThat(names("tls://10.0.0.1:4222").expectedOf("10.0.0.2")).isEqualTo("10.0.0.2");
  }

  private static ServerNames names(String... servers) {
    return new ServerNames(List.of(servers).stream().map(URI::create).toList());
  }
}
