package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.base;
import static io.harborgateway.config.load.Loading.with;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of instances, listeners and upstreams together. */
final class TopologyRefusalTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  private static final String SECOND =
      """
        - name: %s
          address: "%s"
          port: %d
          protocol: tcp
          upstream: {address: "127.0.0.1:444"}
      """;

  @Test
  void duplicateListenerNames() {
    loading.assertRefused(
        BASE + SECOND.formatted("web", "0.0.0.0", 8444),
        "gateway.yml:10:11: listeners[1].name: \"web\", as at listeners[0].name"
            + " (expected: a name of its own)");
  }

  @Test
  void listenersOnTheSameAddress() {
    loading.assertRefused(
        BASE + SECOND.formatted("two", "0.0.0.0", 8443),
        "gateway.yml:12:11: listeners[1].port: 0.0.0.0:8443, which overlaps listeners[0]"
            + " (0.0.0.0:8443) (expected: a port of its own)");
  }

  @Test
  void listenerOnOneAddressOfAWildcard() {
    loading.assertRefused(
        BASE + SECOND.formatted("two", "127.0.0.1", 8443),
        "gateway.yml:12:11: listeners[1].port: 127.0.0.1:8443, which overlaps listeners[0]"
            + " (0.0.0.0:8443) (expected: a port of its own)");
    loading.assertRefused(
        BASE + SECOND.formatted("two", "::", 8443),
        "gateway.yml:12:11: listeners[1].port: [::]:8443, which overlaps listeners[0]"
            + " (0.0.0.0:8443) (expected: a port of its own)");
  }

  @Test
  void listenersOfTwoFamiliesMayShareAPort() {
    loading.assertRefused(BASE + SECOND.formatted("two", "::1", 8443));
  }

  @Test
  void listenerOnThePortOfAdmin() {
    loading.assertRefused(
        BASE + "admin: {port: 8443}\n",
        "gateway.yml:10:15: admin.port: 127.0.0.1:8443, which overlaps listeners[0]"
            + " (0.0.0.0:8443) (expected: a port of its own)");
  }

  @Test
  void adminNeedsAPortOrASocket() {
    loading.assertRefused(
        BASE + "admin: {port: 0}\n",
        "gateway.yml:10:15: admin.port: 0 (expected: a port, or a socket besides)");
    loading.assertRefused(BASE + "admin: {port: 0, socket: admin.sock}\n");
  }

  @Test
  void socketWhosePathIsTooLongForTheKernel() {
    String path = "/run/" + "x".repeat(92);
    loading.assertRefused(
        BASE + "admin: {socket: " + path + "}\n",
        "gateway.yml:10:17: admin.socket: \""
            + path
            + "\", which has 97 bytes"
            + " (expected: a path of at most 96 bytes)");
  }

  @Test
  void alertOfAListenerWithoutTls() {
    loading.assertRefused(
        BASE + SECOND.formatted("two", "0.0.0.0", 8444) + "    when-down: alert\n",
        "gateway.yml:15:16: listeners[1].when-down: alert on a listener of tcp"
            + " (expected: auto or close: an alert is one of TLS)");
    loading.assertRefused(
        base("protocol: https", "protocol: http\n    when-down: alert"),
        "gateway.yml:9:16: listeners[0].when-down: alert on a listener of http"
            + " (expected: auto or close: an alert is one of TLS)");
  }

  @Test
  void everyListenerMayClose() {
    loading.assertRefused(
        base("protocol: https", "protocol: https\n    when-down: close")
            + SECOND.formatted("two", "0.0.0.0", 8444)
            + "    when-down: close\n");
  }

  @Test
  void httpsListenerWithoutInstances() {
    loading.assertRefused(
        BASE.substring(BASE.indexOf("listeners:")),
        "gateway.yml:1:1: instances: none"
            + " (expected: at least one, because listeners[0] is https)");
  }

  @Test
  void tcpListenerNeedsNoInstances() {
    loading.assertRefused(
        "listeners:\n  - {name: a, port: 1, protocol: tcp, upstream: {address: 'b:2'}}\n");
  }

  @Test
  void duplicateGuids() {
    loading.assertRefused(
        base("listeners:", instance("GUID", "public-host: other.example.com") + "listeners:"),
        "gateway.yml:5:11: instances[1].guid: \"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\","
            + " as at instances[0].guid (expected: a GUID of its own)");
  }

  @Test
  void hostNameOfTwoInstances() {
    String other = "public-host: 0F1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.example.com.";
    loading.assertRefused(
        base("listeners:", instance("11111111-2222-3333-4444-555555555555", other) + "listeners:"),
        "gateway.yml:6:18: instances[1].public-host:"
            + " \"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.example.com\", as at instances[0].domain"
            + " (expected: a host name of its own)");
  }

  @Test
  void additionalRouteTwice() {
    loading.assertRefused(
        base("domain: example.com", "domain: example.com\n    additional-routes: [a, A]"),
        "gateway.yml:4:28: instances[0].additional-routes[1]:"
            + " \"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.a.example.com\","
            + " as at instances[0].additional-routes[0] (expected: a host name of its own)");
  }

  @Test
  void additionalRouteOfTwoLabels() {
    loading.assertRefused(
        base("domain: example.com", "domain: example.com\n    additional-routes: [a.b]"),
        "gateway.yml:4:25: instances[0].additional-routes[0]: \"a.b\""
            + " (expected: one DNS label, such as registry)");
  }

  @Test
  void publicHostWithAdditionalRoutes() {
    loading.assertRefused(
        base("domain: example.com", "public-host: example.com\n    additional-routes: [a]"),
        "gateway.yml:4:5: instances[0].additional-routes: together with public-host"
            + " (expected: one of the two)");
  }

  @Test
  void neitherDomainNorPublicHost() {
    loading.assertRefused(
        base("    domain: example.com\n", ""),
        "gateway.yml:2:5: instances[0]: neither domain nor public-host"
            + " (expected: one of the two)");
  }

  @Test
  void hostNameThatIsTooLong() {
    String domain = "a2345678.".repeat(25) + "example.com";
    loading.assertRefused(
        base("domain: example.com", "domain: " + domain),
        "gateway.yml:3:13: instances[0].domain: \"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0."
            + domain.substring(0, 63)
            + "…\" (expected: at most 253 characters in the whole host name)");
  }

  @Test
  void instanceUpstreamOfAnUnknownListener() {
    loading.assertRefused(
        base("listeners:", override("wbe") + "listeners:"),
        "gateway.yml:6:19: instances[0].upstreams[0].listener: \"wbe\""
            + " (expected: an http or https listener: web)");
  }

  @Test
  void instanceUpstreamOfATcpListener() {
    loading.assertRefused(
        base("listeners:", override("two") + "listeners:")
            + SECOND.formatted("two", "0.0.0.0", 8444),
        "gateway.yml:6:19: instances[0].upstreams[0].listener: \"two\", a tcp listener"
            + " (expected: an http or https listener: web)");
  }

  @Test
  void upstreamTlsWithNoProof() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {server-name: a.b}"),
        "gateway.yml:9:42: listeners[0].upstream.tls: none of ca, pin, insecure"
            + " (expected: exactly one of ca, pin and insecure: true)");
  }

  @Test
  void upstreamTlsWithTwoProofs() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {ca: ca.pem, insecure: true}"),
        "gateway.yml:9:42: listeners[0].upstream.tls: ca and insecure"
            + " (expected: exactly one of ca, pin and insecure: true)");
  }

  @Test
  void upstreamTlsOfATcpListener() {
    loading.assertRefused(
        with(
            base("protocol: https", "protocol: tcp"),
            "\"127.0.0.1:443\"",
            "\"127.0.0.1:443\", tls: {ca: ca.pem}"),
        "gateway.yml:9:42: listeners[0].upstream.tls: TLS on a tcp listener"
            + " (expected: none: bytes are passed on unread)");
  }

  @Test
  void pinThatIsNone() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {pin: sha256/abc}"),
        "gateway.yml:9:53: listeners[0].upstream.tls.pin: \"sha256/abc\""
            + " (expected: sha256/ and the base64 of the SHA-256 of the public key)");
  }

  @Test
  void aListOfPinsOrFilesWithOneThatIsNone() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {pin: [sha256/abc]}"),
        "gateway.yml:9:54: listeners[0].upstream.tls.pin[0]: \"sha256/abc\""
            + " (expected: sha256/ and the base64 of the SHA-256 of the public key)");
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {ca: {file: ca.pem}}"),
        "gateway.yml:9:48: listeners[0].upstream.tls.ca: a mapping"
            + " (expected: a path, or a list of them)");
  }

  @Test
  void aCertificateForAnUpstreamWithoutItsKey() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {ca: ca.pem, certificate: ca.pem}"),
        "gateway.yml:9:73: listeners[0].upstream.tls.certificate: certificate without key"
            + " (expected: both or neither)");
  }

  private static String instance(String guid, String names) {
    return "  - guid: "
        + guid.replace("GUID", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
        + "\n    "
        + names
        + "\n    certificate: {chain: chain.pem, key: key.pem}\n";
  }

  private static String override(String listener) {
    return "    upstreams:\n      - listener: "
        + listener
        + "\n        upstream: {address: \"127.0.0.1:445\"}\n";
  }
}
