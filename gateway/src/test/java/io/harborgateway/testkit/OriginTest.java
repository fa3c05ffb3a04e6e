package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.HttpHead.Field;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The origin and the raw client, each against the other. */
@Timeout(30)
class OriginTest {
  @Test
  void answersRequestsOneAfterTheOtherAndCounts() throws IOException {
    try (var origin =
            Origin.start(
                Behaviours.http(request ->
                    Answer.of(200)
                        .field("X-Target", request.target())
                        .text(request.method() + " " + request.body().text())));
        var client = RawClient.connect(origin.address())) {
      String first = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
      String second =
          "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n";
      client.send(first + second);
      assertThat(client.readResponse().body().text()).isEqualTo("PUT abc");
      var response = client.readResponse();
      assertThat(response.body().text()).isEqualTo("POST de");
      assertThat(response.head().field("x-target")).contains("/b");
      assertThat(origin.connections()).isOne();
      assertThat(origin.requests()).isEqualTo(2);
      assertThat(origin.received()).containsExactly(first + second);
      assertThat(origin.bytesReceived()).isEqualTo(first.length() + second.length());
      assertThat(origin.bytesSent()).isPositive();
      assertThat(origin.openConnections()).isOne();
    }
  }

  @Test
  void answersInEachFraming() throws IOException {
    try (var origin =
            Origin.start(
                Behaviours.http(request ->
                    switch (request.target()) {
                      case "/chunked" -> Answer.of(200).text("abc").trailer("Digest", "x");
                      case "/interim" ->
                          Answer.of(200)
                              .interim(103, new Field("Link", "</a>"))
                              .payload(new Payload(100_000));
                      default -> Answer.of(200).text("rest").untilClose();
                    }));
        var client = RawClient.connect(origin.address())) {
      client.send("GET /chunked HTTP/1.1\r\nHost: x\r\n\r\n");
      var chunked = client.readResponse();
      assertThat(chunked.body().text()).isEqualTo("abc");
      assertThat(chunked.body().trailers()).containsExactly(new Field("Digest", "x"));

      client.send("HEAD /interim HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(103);
      assertThat(client.readResponse("HEAD").head().field("Content-Length")).contains("100000");

      client.send("GET /interim HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(103);
      assertThat(client.readResponse().body().sha256()).isEqualTo(new Payload(100_000).sha256());

      client.send("GET /close HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readResponse().body().text()).isEqualTo("rest");
      client.expectEnd();
    }
  }

  @Test
  void takesUploadsWithExpectation() throws IOException {
    var payload = new Payload(1 << 20);
    try (var origin = Origin.start(Behaviours.acceptUploads());
        var client = RawClient.connect(origin.address())) {
      client.send(
          "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(100);
      payload.writeChunkedTo(client.output());
      var response = client.readResponse();
      assertThat(response.head().field("Docker-Content-Digest"))
          .contains("sha256:" + payload.sha256());
      assertThat(response.head().field("X-Received-Bytes")).contains("1048576");
    }
  }

  @Test
  void switchesToATunnel() throws IOException {
    try (var origin =
            Origin.start(
                Behaviours.http(request -> Answer.tunnel("websocket", Behaviours.echoBytes())));
        var client = RawClient.connect(origin.address())) {
      client.send(
          "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly");
      assertThat(client.readResponse().status()).isEqualTo(101);
      client.send(" late").shutdownOutput();
      assertThat(client.readToEnd()).isEqualTo("early late" + Behaviours.ECHO_END);
    }
  }

  @Test
  void echoesUntilTheClientsEndAndThenEndsItself() throws IOException {
    try (var origin = Origin.start(Behaviours.echoBytes());
        var client = RawClient.connect(origin.address())) {
      assertThat(client.send("abc").read(3)).isEqualTo("abc");
      client.shutdownOutput();
      assertThat(client.readToEnd()).isEqualTo(Behaviours.ECHO_END);
    }
  }

  @Test
  void staysSilent() throws IOException {
    try (var origin = Origin.start(Behaviours.silent());
        var client = RawClient.connect(origin.address()).timeout(Duration.ofMillis(100))) {
      client.send("hello");
      assertThatThrownBy(client::expectClosed).isInstanceOf(SocketTimeoutException.class);
      assertThat(origin.received()).containsExactly("hello");
    }
  }

  @Test
  void closesOrderlyBeforeOrAfterAnAnswer() throws IOException {
    try (var origin = Origin.start(Behaviours.closeBeforeFirstByte())) {
      try (var client = RawClient.connect(origin.address())) {
        client.send("hello").expectEnd();
      }
      origin.behave(Behaviours.closeAfter("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));
      try (var client = RawClient.connect(origin.address())) {
        client.send("hello");
        assertThat(client.readToEnd()).endsWith("\r\n\r\nab");
      }
      assertThat(origin.connections()).isEqualTo(2);
    }
  }

  @Test
  void tellsAResetFromAnOrderlyEnd() throws IOException {
    try (var origin = Origin.start(Behaviours.resetAfter(5))) {
      try (var client = RawClient.connect(origin.address())) {
        client.send("hello").expectReset();
      }
      origin.behave(Behaviours.closeBeforeFirstByte());
      try (var client = RawClient.connect(origin.address())) {
        assertThatThrownBy(() -> client.send("hello").expectReset())
            .isInstanceOf(AssertionError.class);
      }
    }
  }

  @Test
  void seesTheClientsReset() throws IOException {
    try (var origin = Origin.start(Behaviours.silent())) {
      try (var client = RawClient.connect(origin.address())) {
        client.send("hello");
        Await.until("received", () -> origin.bytesReceived() == 5);
        client.reset();
      }
      Await.until("reset", () -> !origin.failures().isEmpty());
      assertThat(origin.failures()).singleElement().asString().contains("reset");
      assertThat(origin.openConnections()).isZero();
    }
  }

  @Test
  void expectClosedShowsWhatCameInstead() throws IOException {
    try (var origin = Origin.start(Behaviours.garbage(new byte[] {'n', 'o'}));
        var client = RawClient.connect(origin.address())) {
      assertThatThrownBy(() -> client.send("hello").expectClosed())
          .isInstanceOf(AssertionError.class)
          .hasMessage("received: \"no\" (expected: the connection closed)");
    }
  }

  @Test
  void writesAndReadsSlowly() throws IOException {
    try (var origin = Origin.start(Behaviours.slowWriter(new byte[1000], 5000))) {
      long start = System.nanoTime();
      try (var client = RawClient.connect(origin.address())) {
        assertThat(client.send("go").readToEnd()).hasSize(1000);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));

      origin.behave(Behaviours.slowReader(5000));
      start = System.nanoTime();
      try (var client = RawClient.connect(origin.address())) {
        client.send(new byte[1000]).shutdownOutput().expectEnd();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void refusesWhileItIsStopped(String address) throws IOException {
    try (var origin = Origin.startAt(address, Behaviours.echoBytes());
        var open = RawClient.connect(origin.address())) {
      Await.until("accepted", () -> origin.openConnections() == 1);
      origin.stop();
      open.expectClosed();
      assertThatThrownBy(() -> RawClient.connect(origin.address()))
          .isInstanceOf(ConnectException.class);
      origin.restart();
      try (var client = RawClient.connect(origin.address())) {
        assertThat(client.send("abc").read(3)).isEqualTo("abc");
      }
    }
  }
}
