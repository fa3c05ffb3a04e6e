package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that are decided on without a connection. */
class RequestGateTest {
  private static final Instance HARBOR = EmbeddedProxy.HARBOR;
  private static final RouteTable BOTH = RouteTable.of(List.of(HARBOR, EmbeddedProxy.OTHER));
  private static final RouteTable ONE = RouteTable.of(List.of(HARBOR));

  private final RequestGate gate = new RequestGate();

  private @Nullable Failure admit(
      RouteTable routes, @Nullable Instance certificateOf, String text) {
    RequestHead head = Wire.request(text + "\r\n");
    return gate.admit(head, routes, certificateOf);
  }

  private @Nullable Failure admit(String fields) {
    return admit(BOTH, HARBOR, "POST / HTTP/1.1\r\n" + fields);
  }

  @Test
  void admitsWhatLeadsToTheInstanceOfTheCertificate() {
    assertThat(admit("Host: HARBOR.example.com:443\r\nContent-Length: 7\r\n")).isNull();
    assertThat(gate.instance()).isEqualTo(HARBOR);
    assertThat(gate.bodyLength()).isEqualTo(7);
  }

  @Test
  void admitsWhatLeadsToAnyWhereThereIsNoCertificate() {
    assertThat(admit(BOTH, null, "GET / HTTP/1.1\r\nHost: other.example.com\r\n")).isNull();
    assertThat(gate.instance()).isEqualTo(EmbeddedProxy.OTHER);
    assertThat(gate.bodyLength()).isEqualTo(BodyLength.NONE);
  }

  @Test
  void theRulesComeBeforeTheBodysLengthAndThatBeforeTheHost() {
    String framing = "Content-Length: x\r\n";
    assertThat(admit("Host: a\r\nHost: b\r\n" + framing)).isEqualTo(Failure.BAD_HOST);
    assertThat(admit("Host: unknown\r\n" + framing)).isEqualTo(Failure.BAD_FRAMING);
    assertThat(admit("Host: unknown\r\n")).isEqualTo(Failure.UNKNOWN_HOST);
    assertThat(admit("Host: other.example.com\r\n")).isEqualTo(Failure.MISDIRECTED);
  }

  /** It names the instance in the log, and the connection can be kept only behind its body. */
  @Test
  void whatIsMisdirectedHasAnInstanceAndABody() {
    assertThat(admit("Host: other.example.com\r\nTransfer-Encoding: chunked\r\n"))
        .isEqualTo(Failure.MISDIRECTED);
    assertThat(gate.instance()).isEqualTo(EmbeddedProxy.OTHER);
    assertThat(gate.bodyLength()).isEqualTo(BodyLength.CHUNKED);
  }

  @Test
  void ofTheRequestBeforeNothingIsLeft() {
    admit("Host: harbor.example.com\r\nContent-Length: 7\r\n");
    admit("Host: a\r\nHost: b\r\n");
    assertThat(gate.instance()).isNull();
    assertThat(gate.bodyLength()).isEqualTo(BodyLength.NONE);
  }

  @Test
  void withoutAHostOnlyTheOnlyInstanceIsMeant() {
    String old = "GET / HTTP/1.0\r\n";
    assertThat(admit(BOTH, null, old)).isEqualTo(Failure.BAD_HOST);
    assertThat(admit(ONE, HARBOR, old)).isNull();
    assertThat(gate.instance()).isEqualTo(HARBOR);
    assertThat(admit(ONE, EmbeddedProxy.OTHER, old)).isEqualTo(Failure.MISDIRECTED);
  }
}
