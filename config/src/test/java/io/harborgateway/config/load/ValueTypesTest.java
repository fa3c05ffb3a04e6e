package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.Suggestion;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.config.values.Cidr;
import io.harborgateway.config.values.Durations;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.HostPort;
import io.harborgateway.config.values.InstanceGuid;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.values.TextRules;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The types that texts are parsed into. */
final class ValueTypesTest {
  private static final String L63 = "a".repeat(63);

  @ParameterizedTest
  @CsvSource({
    "example.com, example.com",
    "EXAMPLE.Com., example.com",
    "a, a",
    "1a.2b, 1a.2b",
    "xn--bcher-kva.example, xn--bcher-kva.example"
  })
  void hostName(String text, String value) {
    assertThat(HostName.of(text).value()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "-a.b",
        "a-.b",
        "a_b",
        "a b",
        "*.a",
        "bücher.de",
        "10.0.0.1",
        "a.1",
        "a:1",
        "a\n"
      })
  void noHostName(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostName.of(text));
  }

  @Test
  void hostNameOfTheGreatestLength() {
    String longest = String.join(".", L63, L63, L63, "a".repeat(61));
    assertThat(HostName.of(longest + ".").value()).hasSize(253);
    assertThatIllegalArgumentException().isThrownBy(() -> HostName.of(longest + "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> HostName.of(L63 + "a.b"));
  }

  @Test
  void guid() {
    assertThat(InstanceGuid.of("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0").value())
        .isEqualTo("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    assertThatThrownBy(() -> InstanceGuid.of("abc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"abc\" (expected: " + InstanceGuid.EXPECTED + ")");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InstanceGuid.of("0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
  }

  @ParameterizedTest
  @CsvSource({
    "172.18.0.10:443, 172.18.0.10, 443",
    "Nginx:80, nginx, 80",
    "Harbor_Nginx_1:443, harbor_nginx_1, 443",
    "_nginx.harbor_net.:443, _nginx.harbor_net, 443",
    "[fd00::10]:65535, fd00::10, 65535"
  })
  void hostPort(String text, String host, int port) {
    HostPort parsed = HostPort.of(text);
    assertThat(parsed).isEqualTo(new HostPort(host, port));
    assertThat(HostPort.of(parsed.toString())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a:",
        ":1",
        "a:0",
        "a:65536",
        "a:080",
        "fd00::10:443",
        "[a]:1",
        "[10.0.0.1]:1",
        "a:1:2",
        "10.0.1:80",
        "a_-:80",
        "a__.1:80",
        "[fe80::1%eth0]:80"
      })
  void noHostPort(String text) {
    assertThatThrownBy(() -> HostPort.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"" + text + "\" (expected: " + HostPort.EXPECTED + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.16.0/20, 10.0.31.255, true",
    "10.0.16.0/20, 10.0.32.0, false",
    "10.0.0.5, 10.0.0.5, true",
    "10.0.0.5, 10.0.0.4, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::/0, 10.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true"
  })
  void cidr(String block, String address, boolean contained) {
    assertThat(Cidr.of(block).contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "fd00::/129",
        "10.0/16",
        "localhost",
        "example.com/8",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "010.0.0.0/8"
      })
  void noCidr(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.of(text));
  }

  @ParameterizedTest
  @CsvSource({"0B, 0", "512B, 512", "64KiB, 65536", "1MiB, 1048576", "2GiB, 2147483648"})
  void size(String text, long bytes) {
    assertThat(ByteSize.of(text)).isEqualTo(new ByteSize(bytes)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "64KB", "64 KiB", "-1B", "1.5MiB", "064KiB", "64kib"})
  void noSize(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.of(text));
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "0s, 0", "20s, 20000", "2m, 120000", "1h, 3600000"})
  void duration(String text, long millis) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "20 s", "1d", "-1s", "1.5s", "PT20S", "1h30m", "020s"})
  void noDuration(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }

  @Test
  void secretIsNeverShown() {
    assertThat(Secret.of("hunter2")).hasToString("<secret>").isEqualTo(Secret.of("hunter2"));
    assertThat(Secret.of("hunter2").value()).isEqualTo("hunter2");
    assertThatIllegalArgumentException().isThrownBy(() -> Secret.of(""));
  }

  @Test
  void secretOfAFileIsReadWheneverItIsAskedFor(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "first\n");
    Secret secret = Secret.in(file);
    assertThat(secret.value()).isEqualTo("first");
    Files.writeString(file, "second\r\n");
    assertThat(secret.value()).isEqualTo("second");
    assertThat(secret).hasToString("<secret>").isEqualTo(Secret.in(file));

    Files.writeString(file, "\n");
    assertThatThrownBy(secret::value)
        .hasRootCauseMessage("an empty file: " + file + " (expected: a file with a secret)");
    Files.delete(file);
    assertThatThrownBy(secret::value)
        .hasRootCauseMessage("no such file: " + file + " (expected: a file with a secret)");
  }

  @Test
  void namesOfAnInstance() {
    var guid = InstanceGuid.of("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    var certificate = new CertificateFilesConfig(Path.of("a"), Path.of("b"));
    HostName host = HostName.of("registry.customer.example");
    InstanceConfig named =
        new InstanceConfig(guid, null, List.of(), host, certificate, null, List.of(), null);
    assertThat(named.names()).containsExactly(host);
    InstanceConfig routed =
        new InstanceConfig(
            guid,
            HostName.of("example.com"),
            List.of("B", "a"),
            null,
            certificate,
            null,
            List.of(),
            null);
    assertThat(routed.names())
        .extracting(HostName::value)
        .containsExactly(guid + ".example.com", guid + ".b.example.com", guid + ".a.example.com");
    assertThat(routed.baseName()).isEqualTo(routed.names().getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "drian-delay, drain-delay",
    "draindelay, drain-delay",
    "DRAIN_DELAY, drain-delay",
    "adress, address",
    "adr, ",
    "zzz, "
  })
  void suggestion(String typed, String meant) {
    assertThat(Suggestion.of(typed, List.of("drain-delay", "address", "port")).orElse(null))
        .isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"maxHeadSize, max-head-size", "ROUND_ROBIN, round-robin", "port, port", "TCP, tcp"})
  void kebab(String name, String yaml) {
    assertThat(TextRules.kebab(name)).isEqualTo(yaml);
  }
}
