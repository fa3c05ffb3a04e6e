package io.harborgateway.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlobContentTest {
  private static byte[] content(int size) throws IOException {
    var out = new ByteArrayOutputStream();
    BlobContent.write(size, out);
    return out.toByteArray();
  }

  @Test
  void hasTheSizeThatIsAskedFor() throws IOException {
    for (int size : new int[] {0, 1, 65536, 65537, 200_000}) {
      assertThat(content(size)).hasSize(size);
    }
  }

  @Test
  void noBlockIsLikeAnother() throws IOException {
    byte[] content = content(3 * 65536);
    byte[] first = Arrays.copyOfRange(content, 0, 65536);
    byte[] second = Arrays.copyOfRange(content, 65536, 2 * 65536);
    assertThat(first).isNotEqualTo(second);
    assertThat(content(3 * 65536)).isEqualTo(content);
  }
}
