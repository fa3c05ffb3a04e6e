package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 65_535, 65_536, 65_537, 300_000})
  void hasItsLengthAndDigestInEachFraming(long length) throws IOException {
    var payload = new Payload(length);
    var plain = new ByteArrayOutputStream();
    payload.writeTo(plain);
    assertThat(plain.size()).isEqualTo(length);

    var chunked = new ByteArrayOutputStream();
    payload.writeChunkedTo(chunked);
    var head =
        new HttpHead("PUT / HTTP/1.1", List.of(new HttpHead.Field("Transfer-Encoding", "chunked")));
    var body =
        new HttpReader(new ByteArrayInputStream(chunked.toByteArray())).readRequestBody(head);
    assertThat(body.length()).isEqualTo(length);
    assertThat(body.sha256()).isEqualTo(payload.sha256());
  }

  @Test
  void isTheSameEachTimeAndDifferentForEachLength() {
    assertThat(new Payload(1000).sha256())
        .isEqualTo(new Payload(1000).sha256())
        .isNotEqualTo(new Payload(1001).sha256());
  }
}
