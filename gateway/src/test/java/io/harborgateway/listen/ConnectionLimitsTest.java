package io.harborgateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("192.0.2.2");

  @Test
  void oneBeyondTheLimitOfAllIsRefusedUntilAnotherIsReleased() {
    var limits = new ConnectionLimits(2, 0);
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(TWO)).isEqualTo("all");
    assertThat(limits.open()).isEqualTo(2);
    limits.release(ONE);
    assertThat(limits.acquire(TWO)).isNull();
  }

  @Test
  void theLastPlacesAreForTrustedClients() {
    var limits = new ConnectionLimits(10, 0, 2, ONE::equals);
    for (int i = 0; i < 7; i++) {
      assertThat(limits.acquire(TWO)).isNull();
    }
    assertThat(limits.acquire(TWO)).isNull();
    assertThat(limits.acquire(TWO)).isEqualTo("strangers");
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isEqualTo("all");
    limits.release(ONE);
    assertThat(limits.acquire(TWO)).as("kept although it is free").isEqualTo("strangers");
    assertThat(limits.open()).isEqualTo(9);
  }

  @Test
  void oneBeyondTheLimitOfItsClientIsRefusedUntilAnotherOfThatClientIsReleased() {
    var limits = new ConnectionLimits(10, 1);
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isEqualTo("client");
    assertThat(limits.acquire(TWO)).isNull();
    assertThat(limits.open()).as("those refused are not open").isEqualTo(2);
    limits.release(TWO);
    assertThat(limits.acquire(ONE)).isEqualTo("client");
    limits.release(ONE);
    assertThat(limits.acquire(ONE)).isNull();
  }

  @Test
  void aLimitThatIsSetCountsTheConnectionsThatAreOpen() {
    var limits = new ConnectionLimits(10, 0);
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isNull();
    limits.use(10, 2, 0, client -> false);
    assertThat(limits.acquire(ONE)).isEqualTo("client");
    limits.release(ONE);
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isEqualTo("client");
  }

  @Test
  void countsStayRightWhileTheLimitComesAndGoes() {
    var limits = new ConnectionLimits(10, 2);
    limits.acquire(ONE);
    limits.use(10, 0, 0, client -> false);
    limits.acquire(ONE);
    limits.acquire(ONE);
    limits.release(ONE);
    limits.use(10, 2, 0, client -> false);
    limits.release(ONE);
    assertThat(limits.acquire(ONE)).as("one is open").isNull();
    assertThat(limits.acquire(ONE)).isEqualTo("client");
    limits.release(ONE);
    limits.release(ONE);
    assertThat(limits.open()).isZero();
    limits.use(10, 1, 0, client -> false);
    assertThat(limits.acquire(ONE)).isNull();
    assertThat(limits.acquire(ONE)).isEqualTo("client");
  }

  @Test
  void belowALimitThatWasLoweredNoneIsTakenUntilEnoughHaveEnded() {
    var limits = new ConnectionLimits(10, 0);
    for (int i = 0; i < 3; i++) {
      limits.acquire(TWO);
    }
    limits.use(3, 0, 1, ONE::equals);
    assertThat(limits.acquire(ONE)).isEqualTo("all");
    limits.release(TWO);
    assertThat(limits.acquire(TWO)).isEqualTo("strangers");
    assertThat(limits.acquire(ONE)).isNull();
  }
}
