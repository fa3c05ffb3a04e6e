package io.harborgateway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against the backend, with nothing between them. */
@Timeout(30)
class LoadClientTest {
  private final Backend backend = new Backend(0);
  private final LoadClient client = new LoadClient();

  @AfterEach
  void close() throws InterruptedException {
    client.close();
    backend.close();
  }

  private SliceResult run(Slice slice) throws IOException, InterruptedException {
    return client.run(
        slice
            .on(backend.address().getPort(), List.of(ProcessHandle.current().pid()))
            .lasting(Duration.ofMillis(200), Duration.ofMillis(500)));
  }

  private static Slice get(String path, long expected) {
    return Slice.exchanges(TlsMode.NONE, "localhost", path, 0, expected).connections(3);
  }

  @Test
  void exchangesAreCountedWithTheirBytes() throws Exception {
    SliceResult result = run(get("/bytes/256", 256));

    assertThat(result.failure()).isNull();
    assertThat(result.units()).isPositive();
    assertThat(result.bytes()).isBetween((result.units() - 3) * 256, (result.units() + 3) * 256);
    assertThat(result.p99Micros()).isGreaterThanOrEqualTo(result.p50Micros()).isPositive();
  }

  @Test
  void downloadsOfAnySizeAreWhole() throws Exception {
    assertThat(run(get("/bytes/5000000", 5_000_000)).failure()).isNull();
  }

  @Test
  void uploadsAreConfirmedByTheirLength() throws Exception {
    Slice upload = Slice.exchanges(TlsMode.NONE, "localhost", "/", 3_000_000, -1);

    assertThat(run(upload.connections(2)).failure()).isNull();
  }

  @Test
  void connectionsTakeTurnsWhenFewRequestsAreInFlight() throws Exception {
    assertThat(run(get("/bytes/1", 1).connections(100).inFlight(2)).failure()).isNull();
  }

  @Test
  void rateIsKept() throws Exception {
    SliceResult result = run(get("/bytes/1", 1).at(500));

    assertThat(result.failure()).isNull();
    assertThat(result.units()).isPositive();
  }

  @Test
  void shortConnectionsEndAfterOneExchange() throws Exception {
    assertThat(run(get("/bytes/10", 10).kind(Slice.Kind.CONNECTIONS)).failure()).isNull();
  }

  @Test
  void heldRequestsAreAnsweredWhenAllAreThere() throws Exception {
    SliceResult result = run(get("/hold/100", -1).kind(Slice.Kind.HOLD).connections(100));

    assertThat(result.failure()).isNull();
    assertThat(result.units()).isEqualTo(100);
  }

  @Test
  void wrongLengthVoidsTheSlice() throws Exception {
    assertThat(run(get("/bytes/256", 255)).failure()).contains("Content-Length: 256");
  }

  @Test
  void refusedConnectionVoidsTheSlice() throws Exception {
    backend.close();

    assertThat(run(get("/bytes/256", 256)).failure()).contains("refused");
  }
}
