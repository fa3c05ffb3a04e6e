package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.upstream.AddressStatus;
import io.harborgateway.upstream.SingleCheck;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamReportTest {
  @Test
  void addressesThatDidNotAnswerFollowTheOneThatDid() {
    var here = new AddressStatus("172.18.0.10", null, null);
    var gone = new AddressStatus("172.18.0.11", "connection refused", Instant.EPOCH);
    var seen =
        new SingleCheck.Seen(
            "",
            "172.18.0.10",
            List.of(here, gone),
            null,
            List.of(),
            "",
            Duration.ofMillis(2),
            0,
            null);
    var text = new StringWriter();
    UpstreamReport.showConnection(seen, new PrintWriter(text, true));
    assertThat(text.toString().lines())
        .containsExactly(
            "  connected to 172.18.0.10 in 2 ms, in the clear",
            "  not to 172.18.0.11: connection refused");
  }
}
