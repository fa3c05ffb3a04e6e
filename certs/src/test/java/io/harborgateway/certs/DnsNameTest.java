package io.harborgateway.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {
  @ParameterizedTest
  @CsvSource({
    "a.example.com, a.example.com, true",
    "a.example.com, A.Example.COM, true",
    "a.example.com, a.example.com., true",
    "a.example.com, a.example.com.., false",
    "a.example.com, b.example.com, false",
    "a.example.com, x.a.example.com, false",
    "*.example.com, a.example.com, true",
    "*.example.com, A.EXAMPLE.com., true",
    "*.example.com, xn--bcher-kva.example.com, true",
    "*.example.com, example.com, false",
    "*.example.com, .example.com, false",
    "*.example.com, a.b.example.com, false",
    "*.example.com, aexample.com, false",
    "*.b.example.com, a.b.example.com, true",
    "*.b.example.com, a.c.example.com, false",
    "localhost, localhost, true",
  })
  void coversItselfAndAWildcardOneLabel(String name, String host, boolean covered)
      throws CertificateProblem {
    assertThat(DnsName.parse(name).covers(host)).isEqualTo(covered);
  }

  @Test
  void noWildcardStandsForAnAddress() {
    assertThat(DnsName.wildcardAbove("10.0.0.1")).isEmpty();
    assertThat(DnsName.wildcardAbove("localhost")).isEmpty();
    assertThat(DnsName.wildcardAbove("*.example.com")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "*",
        "*.",
        "**.example.com",
        "f*.example.com",
        "*f.example.com",
        "a.*.com",
        "a..example.com",
        "-a.example.com",
        "a-.example.com",
        "a.example.com.",
        "a b.example.com",
        "bücher.example.com",
        "a.example.com\n",
        "10.0.0.1",
        "*.0.0.1",
        "::1",
        "a/b",
        "a,b"
      })
  void refusesWhatIsNoName(String text) {
    assertThatThrownBy(() -> DnsName.parse(text))
        .isInstanceOf(CertificateProblem.class)
        .hasMessage("name \"" + text + "\" (expected: a DNS name, or *.name)");
  }

  @Test
  void holdsToTheLimitsOfLength() throws CertificateProblem {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(DnsName.parse(longest).text()).hasSize(253);
    assertThatThrownBy(() -> DnsName.parse(longest + "a")).isInstanceOf(CertificateProblem.class);
    assertThatThrownBy(() -> DnsName.parse(label + "a.com")).isInstanceOf(CertificateProblem.class);
  }
}
