package io.harborgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.head.Failure;
import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class DialFailureTest {
  @Test
  void whoeverCannotBeReachedRefused() {
    assertThat(DialFailure.of(new ConnectException("Connection refused")))
        .isEqualTo(DialFailure.REFUSED);
    assertThat(DialFailure.of(new NoRouteToHostException("Host is unreachable")))
        .isEqualTo(DialFailure.REFUSED);
  }

  /** The first is a ConnectException, the second an SSLException: the closer type counts. */
  @Test
  void noAnswerInTimeIsATimeoutInBothPhases() {
    assertThat(DialFailure.of(new ConnectTimeoutException("connect")))
        .isEqualTo(DialFailure.TIMEOUT);
    assertThat(DialFailure.of(new SslHandshakeTimeoutException("handshake")))
        .isEqualTo(DialFailure.TIMEOUT);
  }

  @Test
  void anyOtherFailureOfTheHandshakeIsOneOfTls() {
    assertThat(DialFailure.of(new SSLException("broken"))).isEqualTo(DialFailure.TLS);
    assertThat(DialFailure.of(new SSLHandshakeException("untrusted"))).isEqualTo(DialFailure.TLS);
    assertThat(DialFailure.of(new NotSslRecordException("HTTP"))).isEqualTo(DialFailure.TLS);
  }

  @Test
  void theLimitOfDescriptorsIsFoundAmongTheCauses() {
    var limit = new IOException("socket(..) failed: Too many open files");
    assertThat(DialFailure.of(limit)).isEqualTo(DialFailure.RESOURCES);
    assertThat(DialFailure.of(new ChannelException("no channel", limit)))
        .isEqualTo(DialFailure.RESOURCES);
    assertThat(DialFailure.of(new ChannelException("no channel", new IOException("other"))))
        .isEqualTo(DialFailure.REFUSED);
  }

  /** So that what is counted has one name, for HTTP as for TCP. */
  @Test
  void eachCodeIsOneOfTheTableOfFailures() {
    assertThat(Arrays.stream(Failure.values()).map(Failure::code))
        .containsAll(Arrays.stream(DialFailure.values()).map(DialFailure::code).toList());
  }

  @Test
  void eachHasACodeOfItsOwn() {
    assertThat(Arrays.stream(DialFailure.values()).map(DialFailure::code)).doesNotHaveDuplicates();
  }
}
