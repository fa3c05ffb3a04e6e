package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void whatCanBeShownStaysAsItIs() {
    String plain = "registry.example.com: größer \"x\" 例";
    assertThat(Printable.of(plain)).isSameAs(plain);
    assertThat(Printable.of(null)).isEqualTo("null");
  }

  @Test
  void controlsSeparatorsAndDirectionsAreEscapes() {
    assertThat(Printable.of("a\r\n\tb\u0000\u001b[31m\u007f\u0085\u2028\u202e\ufeff"))
        .isEqualTo("a\\r\\n\\tb\\u0000\\u001b[31m\\u007f\\u0085\\u2028\\u202e\\ufeff");
  }

  @Test
  void noTextLooksLikeTheEscapeOfAnother() {
    assertThat(Printable.of("\\n")).isEqualTo("\\\\n").isNotEqualTo(Printable.of("\n"));
  }

  @Test
  void aLongTextIsCutAndSaysSo() {
    assertThat(Printable.of("x".repeat(12), 10)).isEqualTo("xxxxxxxxxx… (2 more)");
    assertThat(Printable.of("\n".repeat(Printable.LONGEST + 1)))
        .hasSize(2 * Printable.LONGEST + "… (1 more)".length());
  }
}
