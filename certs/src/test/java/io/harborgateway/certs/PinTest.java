package io.harborgateway.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
  @Test
  void matchesTheKeyItWasMadeFromOnly() throws Exception {
    X509Certificate certificate = TestCertificates.instance("a.test").leaf();
    Pin pin = Pin.parse(Pin.of(certificate).toString());
    assertThat(pin.toString()).startsWith("sha256/").hasSize("sha256/".length() + 44);
    assertThat(pin.matches(certificate)).isTrue();
    assertThat(pin.matches(TestCertificates.instance("a.test").leaf())).isFalse();
  }

  @Test
  void paddingMayBeMissing() throws Exception {
    Pin pin = Pin.of(TestCertificates.instance("a.test").leaf());
    assertThat(Pin.parse(pin.toString().replace("=", ""))).isEqualTo(pin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256/", "sha256/AAAA", "sha1/AAAA", "sha256/%%%%", "AAAA"})
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> Pin.parse(text))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage("pin \"" + text + "\" (expected: sha256/ and the base64 of 32 bytes)");
  }
}
