package io.harborgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientRatesTest {
  private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.9");

  private long nanos = 7;
  private final ClientRates rates = new ClientRates(nanos);

  private int admitted(InetAddress client, int perSecond, int tries) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      if (rates.admit(client, perSecond, nanos)) {
        admitted++;
      }
    }
    return admitted;
  }

  private void pause(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void tenSecondsOfTheRateAtOnceThenTheRate() {
    assertThat(admitted(CLIENT, 5, 1_000)).isEqualTo(50);
    pause(1_000);
    assertThat(admitted(CLIENT, 5, 1_000)).isEqualTo(5);
    pause(200);
    assertThat(admitted(CLIENT, 5, 1_000)).isEqualTo(1);
    pause(60_000);
    assertThat(admitted(CLIENT, 5, 1_000)).isEqualTo(50);
  }

  @Test
  void othersAreNotAffected() {
    admitted(CLIENT, 1, 100);
    assertThat(admitted(InetAddress.ofLiteral("203.0.113.10"), 1, 100)).isEqualTo(10);
    assertThat(admitted(InetAddress.ofLiteral("2001:db8::1"), 1, 100)).isEqualTo(10);
    assertThat(admitted(InetAddress.ofLiteral("255.255.255.255"), 1, 100)).isEqualTo(10);
    assertThat(admitted(InetAddress.ofLiteral("::1"), 1, 100)).isEqualTo(10);
  }

  @Test
  void aWholePrefixIsOneClient() throws UnknownHostException {
    var random = new Random(1);
    byte[] address = InetAddress.ofLiteral("2001:db8:1:2::").getAddress();
    int admitted = 0;
    for (int i = 0; i < 1_000; i++) {
      for (int octet = 8; octet < 16; octet++) {
        address[octet] = (byte) random.nextInt();
      }
      admitted += admitted(InetAddress.getByAddress(address), 2, 1);
    }
    assertThat(admitted).isEqualTo(20);
  }

  /** A million addresses: whoever is fast is still known. */
  @Test
  void manyAddressesDoNotMakeThoseForgottenThatAreFast() throws UnknownHostException {
    admitted(CLIENT, 1, 100);
    byte[] address = {10, 0, 0, 0};
    for (int i = 0; i < 1_000_000; i++) {
      address[1] = (byte) (i >> 16);
      address[2] = (byte) (i >> 8);
      address[3] = (byte) i;
      rates.admit(InetAddress.getByAddress(address), 1, nanos);
    }
    assertThat(admitted(CLIENT, 1, 100)).isZero();
  }
}
