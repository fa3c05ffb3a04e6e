package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpHead.Field;
import io.harborgateway.testkit.HttpRequest;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.Payload;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random well-formed requests, in random pieces, get through the gateway what they get from the
 * origin itself. A failure names its seed; {@code -Dwire.seed=N} repeats it.
 */
class RandomForwardingIT {
  private static final Duration TIME = Duration.ofSeconds(8);
  private static final int MAX_BODY = 100_000;

  /** One request, and in which pieces it is sent. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and nobody else has the array
  private record Sent(String method, byte[] bytes, long splitSeed) {
    void to(RawClient client) throws IOException {
      var random = new Random(splitSeed);
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + pieceSize(random));
        client.send(Arrays.copyOfRange(bytes, at, at + length));
        at += length;
      }
    }

    private static int pieceSize(Random random) {
      return random.nextInt(random.nextInt(4) == 0 ? 20 : 30_000);
    }
  }

  @Test
  void whatTheClientGetsIsWhatTheOriginSends(@TempDir Path folder) throws IOException {
    long seed = Long.getLong("wire.seed", System.nanoTime());
    var random = new Random(seed);
    int requests = 0;
    try (Origin origin = Origin.start(Behaviours.http(RandomForwardingIT::answer));
        Stand stand = Stand.start(folder, origin.port())) {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() < end && requests < 2_000) {
        try (RawClient direct = RawClient.connect(origin.address());
            RawClient relayed = stand.connect(random.nextBoolean() ? "http" : "https")) {
          relayed.timeout(Duration.ofSeconds(20));
          for (int i = random.nextInt(20); i >= 0; i--) {
            Sent request = request(random, requests);
            request.to(direct);
            request.to(relayed);
            HttpResponse expected = response(direct, request);
            HttpResponse got = response(relayed, request);
            assertThat(got.head().startLine())
                .as("seed %d, request %d", seed, requests)
                .isEqualTo(expected.head().startLine());
            assertThat(got.head().fields())
                .as("seed %d, request %d", seed, requests)
                .isEqualTo(expected.head().fields());
            assertThat(got.body())
                .as("seed %d, request %d", seed, requests)
                .isEqualTo(expected.body());
            requests++;
          }
        }
      }
    } catch (IOException e) {
      throw new AssertionError("seed " + seed + ", request " + requests, e);
    }
    assertThat(requests).as("enough to mean something").isGreaterThan(20);
  }

  /** Reads past the interim responses. */
  private static HttpResponse response(RawClient client, Sent request) throws IOException {
    HttpResponse response = client.readResponse(request.method());
    while (response.status() < 200) {
      response = client.readResponse(request.method());
    }
    return response;
  }

  private static Sent request(Random random, int number) {
    String method = List.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE").get(random.nextInt(6));
    var head = new StringBuilder(method);
    head.append(" /").append(number).append("?%2F=%20&answer=").append(random.nextInt(6));
    head.append("&length=").append(random.nextInt(MAX_BODY)).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(Stand.NAME).append("\r\n");
    for (int i = random.nextInt(10); i > 0; i--) {
      head.append("X-").append(i).append(": ").append("v\u00e9 ".repeat(random.nextInt(60)));
      head.append("\r\n");
    }
    var body = new StringBuilder();
    switch (random.nextInt(3)) {
      case 0 -> head.append("\r\n");
      case 1 -> {
        body.append(text(random, random.nextInt(MAX_BODY)));
        head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
      }
      default -> {
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        for (int i = random.nextInt(20); i > 0; i--) {
          String data = text(random, 1 + random.nextInt(5_000));
          body.append(Integer.toHexString(data.length()))
              .append(random.nextBoolean() ? ";e=1" : "");
          body.append("\r\n").append(data).append("\r\n");
        }
        body.append("0\r\n").append(random.nextBoolean() ? "T: x\r\n" : "").append("\r\n");
      }
    }
    byte[] bytes = (head + body.toString()).getBytes(StandardCharsets.ISO_8859_1);
    return new Sent(method, bytes, random.nextLong());
  }

  private static String text(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Says what arrived, framed as the request wants it. */
  private static Answer answer(HttpRequest request) {
    String target = request.target();
    int length = Integer.parseInt(target.substring(target.lastIndexOf('=') + 1));
    Answer answer =
        dated(200)
            .field("X-Line", request.head().startLine())
            .field("X-Fields", String.valueOf(endToEnd(request).hashCode()))
            .field("X-Body", request.body().length() + " " + request.body().sha256())
            .field("X-Trailers", request.body().trailers().toString())
            .payload(new Payload(length));
    return switch (target.charAt(target.indexOf("answer=") + 7)) {
      case '0' -> answer.chunked();
      case '1' -> answer.trailer("T", "y");
      case '2' -> answer.interim(103, new Field("Link", "</a>"));
      case '3' -> dated(204).field("X-Line", request.head().startLine());
      case '4' -> dated(304).field("ETag", "\"1\"");
      default -> answer;
    };
  }

  private static Answer dated(int status) {
    return Answer.of(status).field("Date", "Mon, 02 Jan 2006 15:04:05 GMT");
  }

  private static List<Field> endToEnd(HttpRequest request) {
    return request.head().fields().stream()
        .filter(field -> !field.name().matches("X-Forwarded-.*|X-Real-IP"))
        .toList();
  }
}
