package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.MalformedRequests.Malformed;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not by the letter of RFC 9112 is refused, on sockets, in the smallest pieces. */
class StrictnessIT {
  @TempDir static Path folder;
  private static Origin origin;
  private static Stand stand;

  @BeforeAll
  static void start() {
    origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
    stand =
        Stand.start(folder, origin.port(), "http: {max-head-size: 4KiB, max-target-size: 1KiB}");
  }

  @AfterAll
  static void stop() {
    stand.close();
    origin.close();
  }

  @BeforeEach
  void behaveWell() {
    origin.behave(Behaviours.http(request -> Answer.of(200)));
  }

  static Stream<Arguments> heads() {
    return onBothListeners(
        Stream.of(
                MalformedRequests.heads(), MalformedRequests.hosts(), MalformedRequests.framings())
            .flatMap(List::stream));
  }

  static Stream<Arguments> chunks() {
    return onBothListeners(MalformedRequests.chunks().stream());
  }

  static Stream<Arguments> responses() {
    return Stream.of(
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\n\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 600 Beyond\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: " + "b".repeat(5000) + "\r\n\r\n")
        .flatMap(text -> Stream.of(Arguments.of("http", text), Arguments.of("https", text)));
  }

  private static Stream<Arguments> onBothListeners(Stream<Malformed> malformed) {
    return malformed.flatMap(
        one -> Stream.of(Arguments.of("http", one), Arguments.of("https", one)));
  }

  @ParameterizedTest
  @MethodSource("heads")
  void refusesAHeadAndSendsNothingOn(String listener, Malformed malformed) throws IOException {
    long before = origin.bytesReceived();
    refuses(listener, malformed);
    assertThat(origin.bytesReceived()).isEqualTo(before);
  }

  /** The head is gone by then; the request is not completed, and its connection is not reused. */
  @ParameterizedTest
  @MethodSource("chunks")
  void refusesAChunkedBody(String listener, Malformed malformed) throws IOException {
    long before = origin.requests();
    refuses(listener, malformed);
    assertThat(origin.requests()).isEqualTo(before);
  }

  private static void refuses(String listener, Malformed malformed) throws IOException {
    try (RawClient client = stand.connect(listener).timeout(Duration.ofSeconds(20))) {
      for (byte octet : malformed.text().getBytes(StandardCharsets.ISO_8859_1)) {
        client.send(new byte[] {octet});
      }
      HttpResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(malformed.failure().status());
      assertThat(response.head().values("X-Harbor-Gateway-Error"))
          .containsExactly(malformed.failure().code());
      assertThat(response.head().values("Connection")).containsExactly("close");
      assertThat(response.head().field("X-Request-Id")).isPresent();
      client.expectEnd();
    }
  }

  @ParameterizedTest
  @MethodSource("responses")
  void answersForAnUpstreamThatIsNotStrict(String listener, String sent) throws IOException {
    origin.behave(Behaviours.garbage(sent.getBytes(StandardCharsets.ISO_8859_1)));
    try (RawClient client = stand.connect(listener).timeout(Duration.ofSeconds(20))) {
      client.send("GET / HTTP/1.1\r\nHost: " + Stand.NAME + "\r\n\r\n");
      HttpResponse response = client.readResponse();
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.head().values("X-Harbor-Gateway-Error"))
          .containsExactly("upstream_bad_response");
      // Not kept, because the next test's connection has to meet the next behaviour.
      origin.behave(
          Behaviours.http(request -> Answer.of(204).field("Connection", "close").thenClose()));
      client.send("GET / HTTP/1.1\r\nHost: " + Stand.NAME + "\r\n\r\n");
      assertThat(client.readResponse().status()).as("the client's connection").isEqualTo(204);
    }
  }

  @Test
  void aRefusalOfHeadIsAHeadOnly() throws IOException {
    for (String line : List.of("HEAD / HTTP/3.0", "HEAD  / HTTP/1.1")) {
      try (RawClient client = stand.connect("http")) {
        client.send(line + "\r\nHost: " + Stand.NAME + "\r\n\r\n");
        assertThat(client.readHead().field("Date")).isPresent();
        client.expectEnd();
      }
    }
  }

  /** As health checks of load balancers ask. */
  @Test
  void http10WithoutHostIsServedForTheOnlyInstance() throws IOException {
    origin.behave(
        Behaviours.http(request -> Answer.of(200).field("Connection", "close").thenClose()));
    for (String listener : List.of("http", "https")) {
      try (RawClient client = stand.connect(listener)) {
        assertThat(client.send("GET / HTTP/1.0\r\n\r\n").readResponse().status()).isEqualTo(200);
        client.expectEnd();
      }
    }
  }

  @Test
  void takesWhatIsJustWithinTheLimits() throws IOException {
    String start = "GET /" + "t".repeat(1023) + " HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nA: ";
    String head = start + "b".repeat(4096 - start.length() - 4) + "\r\n\r\n";
    try (RawClient client = stand.connect("https")) {
      assertThat(client.send(head).readResponse().status()).isEqualTo(200);
    }
  }
}
