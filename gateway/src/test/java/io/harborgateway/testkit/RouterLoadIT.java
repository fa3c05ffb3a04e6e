package io.harborgateway.testkit;

import static io.harborgateway.testkit.RouterFixture.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.LoadReport.Outcome;
import io.harborgateway.testkit.LoadReport.Sample;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RouterLoadIT {
  private static final RouterRequest UPLOAD = RouterRequest.of("PATCH", NAME, "/upload");

  private RouterFixture fixture;

  @BeforeEach
  void starts(@TempDir Path folder) throws Exception {
    fixture = new RouterFixture(folder);
  }

  @AfterEach
  void closes() throws Exception {
    fixture.close();
  }

  private RouterLoad.Plan load() {
    return RouterLoad.through(fixture.router)
        .threads(4)
        .requestsPerSecond(200)
        .requests(RouterLoad.mixed(NAME));
  }

  @Test
  void countsWhatIsServedAndFinishesUploads() {
    Origin origin = fixture.tls(Behaviours.acceptUploads());
    fixture.register(origin);
    try (RouterLoad load = load().uploads(3, 20_000, UPLOAD).start()) {
      load.awaitMore(50);
      load.awaitUploaded(5_000);
      LoadReport report = load.stop();

      assertThat(report.failures()).as("%s", report).isZero();
      assertThat(report.count(Outcome.SUCCEEDED)).isEqualTo(report.requests());
      assertThat(report.requests()).isGreaterThanOrEqualTo(50);
      assertThat(report.uploads()).hasSize(3).allMatch(upload -> upload.bytes() >= 5_000);
      assertThat(report.lostUploads()).isEmpty();
      assertThat(origin.requests()).isEqualTo(report.requests() + 3);
    }
  }

  @Test
  void aRefusingEndpointIsRetriedWithoutLoss() {
    Origin gone = fixture.tls(Behaviours.acceptUploads());
    fixture.register(gone, fixture.tls(Behaviours.acceptUploads()));
    gone.stop();
    try (RouterLoad load = load().start()) {
      load.awaitMore(20);
      LoadReport report = load.stop();

      assertThat(report.failures()).as("%s", report).isZero();
      assertThat(report.count(Outcome.RETRIED)).as("%s", report).isPositive();
    }
  }

  @Test
  void keepsWhatFailed() {
    fixture.register(fixture.tls(Behaviours.closeBeforeFirstByte()));
    try (RouterLoad load = load().start()) {
      load.awaitMore(10);
      LoadReport report = load.stop();

      assertThat(report.failures()).isEqualTo(report.requests());
      assertThat(report.count(Outcome.ROUTER_ERROR)).isEqualTo(report.requests());
      assertThat(report.failed()).allMatch(Sample::isLostInFlight);
      assertThat(report.toString()).contains("502 of the router", "END_OF_FILE");
    }
  }

  @Test
  void tellsStatusAndCutResponses() {
    fixture.register(
        fixture.tls(
            Behaviours.http(request ->
                request.method().equals("GET")
                    ? Answer.of(500)
                    : Answer.of(200).field("Content-Length", "9").untilClose())));
    try (RouterLoad load = load().start()) {
      load.awaitMore(10);
      LoadReport report = load.stop();

      assertThat(report.count(Outcome.UNEXPECTED_STATUS)).as("%s", report).isPositive();
      assertThat(report.count(Outcome.CUT)).as("%s", report).isPositive();
      assertThat(report.failures()).isEqualTo(report.requests());
    }
  }

  @Test
  void tellsUploadsThatAreLost() {
    Origin origin = fixture.tls(Behaviours.acceptUploads());
    fixture.register(origin);
    try (RouterLoad load = load().uploads(2, 20_000, UPLOAD).start()) {
      load.awaitUploaded(2_000);
      origin.stop();
      LoadReport report = load.stop();

      assertThat(report.lostUploads()).as("%s", report).hasSize(2);
    }
  }
}
