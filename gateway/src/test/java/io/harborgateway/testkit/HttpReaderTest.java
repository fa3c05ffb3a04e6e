package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.HttpHead.Field;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReaderTest {
  private static HttpReader over(String text) {
    return new HttpReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static HttpResponse response(String method, String text) throws IOException {
    var reader = over(text);
    var head = Objects.requireNonNull(reader.readHead());
    return new HttpResponse(head, reader.readResponseBody(head, method));
  }

  @Test
  void readsChunksExtensionsAndTrailers() throws IOException {
    var response =
        response(
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                .concat("3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\n\r\n"));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().text()).isEqualTo("abc0123456789");
    assertThat(response.body().length()).isEqualTo(13);
    assertThat(response.body().trailers()).containsExactly(new Field("Digest", "x"));
  }

  @Test
  void knowsWhichResponsesHaveNoBody() throws IOException {
    String tail = "Content-Length: 5\r\n\r\n";
    assertThat(response("HEAD", "HTTP/1.1 200 OK\r\n" + tail).body().length()).isZero();
    assertThat(response("GET", "HTTP/1.1 304 Not Modified\r\n" + tail).body().length()).isZero();
    assertThat(response("GET", "HTTP/1.1 204 No Content\r\n\r\n").body().length()).isZero();
    assertThat(response("GET", "HTTP/1.0 200 OK\r\n\r\nall").body().text()).isEqualTo("all");
  }

  @Test
  void endsBetweenMessagesOnly() throws IOException {
    assertThat(over("").readHead()).isNull();
    assertThatThrownBy(() -> over("GET / HT").readHead()).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> response("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"))
        .isInstanceOf(EOFException.class)
        .hasMessage("body ended 2 bytes before its length of 5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
      })
  void refusesWhatIsNotWellFormed(String text) {
    assertThatThrownBy(() -> response("GET", text)).isInstanceOf(AssertionError.class);
  }
}
