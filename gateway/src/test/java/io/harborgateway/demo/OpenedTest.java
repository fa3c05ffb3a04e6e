package io.harborgateway.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedTest {
  private final Opened opened = new Opened();
  private final List<String> closed = new ArrayList<>();

  private AutoCloseable resource(String name) {
    return () -> closed.add(name);
  }

  @Test
  void closesTheNewestFirstAndOnce() {
    opened.open(() -> resource("a"));
    opened.open(() -> resource("b"));
    opened.close();
    opened.close();
    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void opensNothingAfterTheEnd() {
    opened.close();
    List<String> made = new ArrayList<>();
    assertThatIllegalStateException()
        .isThrownBy(() ->
            opened.open(() -> {
              made.add("late");
              return resource("late");
            }));
    assertThat(made).isEmpty();
  }

  @Test
  void closesTheRestWhenOneFails() {
    opened.open(() -> resource("a"));
    opened.open(() ->
        () -> {
          throw new IOException("broken");
        });
    assertThatIllegalStateException()
        .isThrownBy(opened::close)
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("a");
  }
}
