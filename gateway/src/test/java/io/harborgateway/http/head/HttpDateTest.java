package io.harborgateway.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  private final AtomicLong millis = new AtomicLong(784_111_777_000L);
  private final HttpDate date = new HttpDate(millis::get);

  @Test
  void isThatOfTheSecond() {
    assertThat(date.now()).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    String first = date.now();
    millis.addAndGet(999);
    assertThat(date.now()).as("made once for a second").isSameAs(first);
    millis.addAndGet(1);
    assertThat(date.now()).isEqualTo("Sun, 06 Nov 1994 08:49:38 GMT");
    millis.addAndGet(-1);
    assertThat(date.now()).as("a clock that was set back").isEqualTo(first);
  }
}
