package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An upstream that closes a kept connection when it is used again. */
@Timeout(60)
class RepeatIT {
  private final Origin origin = Origin.start(new ClosingAtReuse());
  private final Stand stand;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile boolean resets;
  private volatile int answers = 1;

  RepeatIT(@TempDir Path folder) {
    stand = Stand.start(folder, origin.port());
  }

  @AfterEach
  void stop() {
    stand.close();
    origin.close();
  }

  /** Answers so many requests of each connection; the next is read and met with a close. */
  private final class ClosingAtReuse implements Behaviour {
    @Override
    public void serve(InputStream in, OutputStream out, Socket socket) throws IOException {
      int left = answers;
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        if (!head.contains("/asked")) {
          out.write(
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          continue; // a health check
        }
        requests.add(head.substring(0, head.indexOf('\r')));
        if (left-- == 0) {
          socket.setSoLinger(resets, 0);
          return;
        }
        out.write(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
      }
    }

    private static String head(InputStream in) throws IOException {
      var head = new StringBuilder();
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        head.append((char) octet);
        if (octet == '\n' && head.toString().endsWith("\r\n\r\n")) {
          return head.toString();
        }
      }
      return "";
    }
  }

  private HttpResponse ask(RawClient client, String method) throws IOException {
    client.send(
        method + " /asked HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nContent-Length: 0\r\n\r\n");
    return client.readResponse();
  }

  @ParameterizedTest
  @CsvSource({"GET, false", "GET, true", "PUT, false", "DELETE, true"})
  void theClientSeesNothingOfIt(String method, boolean resets) throws IOException {
    this.resets = resets;
    try (RawClient client = stand.connect("http")) {
      for (int i = 0; i < 4; i++) {
        assertThat(ask(client, method).status()).isEqualTo(200);
      }
    }
    // The first, then each of the others twice.
    assertThat(requests).hasSize(7);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aPostIsNeverSentTwice(boolean resets) throws IOException {
    this.resets = resets;
    try (RawClient client = stand.connect("http")) {
      assertThat(ask(client, "POST").status()).isEqualTo(200);
      HttpResponse response = ask(client, "POST");
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.head().field(ErrorResponse.ERROR_FIELD)).contains("upstream_closed");
    }
    assertThat(requests).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aRepeatIsNotRepeated(boolean resets) throws IOException {
    this.resets = resets;
    try (RawClient client = stand.connect("http")) {
      assertThat(ask(client, "GET").status()).isEqualTo(200);
      answers = 0; // of new connections
      assertThat(ask(client, "GET").status()).isEqualTo(502);
    }
    assertThat(requests).hasSize(3);
  }
}
