package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.http.Wire;
import io.harborgateway.http.head.HeadParser.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadParserTest {
  private final ResponseHeadParser parser =
      new ResponseHeadParser(new ResponseHead(), new HeadLimits(1024, 1024, 100));

  @ParameterizedTest
  @ValueSource(strings = {"A:\r\n", "Connection: a,b\r\n"})
  void limitsFieldsAndConnectionOptions(String line) {
    String start = "HTTP/1.1 200 OK\r\n";
    assertThat(parser.parse(Wire.buffer(start + line.repeat(16) + "\r\n")))
        .isEqualTo(HeadParser.Result.DONE);
    assertThat(parser.parse(Wire.buffer(start + line.repeat(101) + "\r\n")))
        .isEqualTo(HeadParser.Result.FAILED);
    assertThat(parser.failure()).isEqualTo(Failure.UPSTREAM_BAD_RESPONSE);
  }

  @Test
  void takesAHeadSplitAnywhere() {
    String whole = "HTTP/1.1 206 Partial \u00e9\r\nContent-Range: bytes 0-4/9\r\n\r\n";
    for (int split = 1; split < whole.length(); split++) {
      ByteBuf in = Unpooled.buffer();
      assertThat(parser.parse(in.writeBytes(Wire.buffer(whole.substring(0, split)))))
          .isEqualTo(Result.NEED_MORE);
      assertThat(parser.parse(in.writeBytes(Wire.buffer(whole.substring(split) + "body"))))
          .isEqualTo(Result.DONE);
      ResponseHead head = parser.head();
      assertThat(head.status).isEqualTo(206);
      assertThat(head.minorVersion).isEqualTo(1);
      assertThat(head.text(head.statusStart, head.fieldsStart)).isEqualTo("206 Partial \u00e9\r\n");
      assertThat(head.text(head.valueStart(0), head.valueEnd(0))).isEqualTo("bytes 0-4/9");
      assertThat(in.readableBytes()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 599 Odd\r\nA:\r\n\r\n"
      })
  void accepts(String head) {
    assertThat(parser.parse(Wire.buffer(head))).isEqualTo(Result.DONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 O\rK\r\n\r\n",
        "HTTP/1.1 200 O\0K\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 000 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "<html>",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"
      })
  void refuses(String head) {
    assertThat(parser.parse(Wire.buffer(head))).isEqualTo(Result.FAILED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void limitsTheHead(int beyond) {
    String frame = "HTTP/1.1 200 OK\r\nA: \r\n\r\n";
    String value = "b".repeat(1024 - frame.length() + beyond);
    assertThat(parser.parse(Wire.buffer(frame.replace("A: ", "A: " + value))))
        .isEqualTo(beyond > 0 ? Result.FAILED : Result.DONE);
  }
}
