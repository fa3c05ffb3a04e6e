package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.base;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.values.InputFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of single values, and how the message says what was expected. */
final class ValueRefusalTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  @Test
  void wrongTypes() {
    loading.assertRefused(
        base("port: 8443", "port: \"8443\""),
        "gateway.yml:7:11: listeners[0].port: \"8443\" (expected: a whole number)");
    loading.assertRefused(
        base("port: 8443", "port: 84.5"),
        "gateway.yml:7:11: listeners[0].port: 84.5 (expected: a whole number)");
    loading.assertRefused(
        base("port: 8443", "port: [8443]"),
        "gateway.yml:7:5: listeners[0].port: a list (expected: a whole number)");
    loading.assertRefused(
        base("port: 8443", "port:"),
        "gateway.yml:7:10: listeners[0].port: nothing (expected: a whole number)");
    loading.assertRefused(
        base("name: web", "name: 12"),
        "gateway.yml:6:11: listeners[0].name: 12"
            + " (expected: a name of letters, digits, '-' and '_')");
    loading.assertRefused(
        base("domain: example.com", "domain: example.com\n    additional-routes: a"),
        "gateway.yml:4:24: instances[0].additional-routes: \"a\" (expected: a list)");
    loading.assertRefused(
        BASE + "admin: 8070\n",
        "gateway.yml:10:8: admin: 8070 (expected: a mapping with address, port, hosts, socket)");
  }

  @Test
  void outOfRange() {
    loading.assertRefused(
        base("port: 8443", "port: 70000"),
        "gateway.yml:7:11: listeners[0].port: 70000 (expected: 1 to 65535)");
    loading.assertRefused(
        base("port: 8443", "port: 99999999999"),
        "gateway.yml:7:11: listeners[0].port: 99999999999 (expected: 1 to 65535)");
    loading.assertRefused(
        BASE + "limits: {max-connections-per-client: -1}\n",
        "gateway.yml:10:38: limits.max-connections-per-client: -1 (expected: 0 to 1000000)");
    loading.assertRefused(
        BASE + "http: {max-head-size: 2MiB}\n",
        "gateway.yml:10:23: http.max-head-size: 2MiB (expected: 1KiB to 1MiB)");
    loading.assertRefused(
        BASE + "node: {drain-delay: 1h}\n",
        "gateway.yml:10:21: node.drain-delay: 1h (expected: 0s to 10m)");
  }

  @Test
  void missingRequiredKey() {
    loading.assertRefused(
        base(
            "    domain: example.com\n    certificate: {chain: chain.pem, key: key.pem}\n",
            "    domain: example.com\n"),
        "gateway.yml:2:5: instances[0].certificate: missing"
            + " (expected: chain and key, or a certs section that finds them)");
    loading.assertRefused("http: {}\n", "gateway.yml:1:1: listeners: missing (expected: a list)");
  }

  @Test
  void issuer() {
    String issuer = "certs: {issuer: {certificate: ca.crt, key: ca.key, directory: issued%s}}\n";
    loading.assertRefused(
        BASE + issuer.formatted(", validity: 1h, renew-before: 1h"),
        "gateway.yml:10:99: certs.issuer.renew-before: 1h" + " (expected: less than validity, 1h)");
    loading.assertRefused(
        BASE + issuer.formatted(", validity: 1s"),
        "gateway.yml:10:81: certs.issuer.validity: 1s (expected: 10s to 87600h)");
    loading.assertRefused(
        BASE + issuer.formatted(", key-type: dsa"),
        "gateway.yml:10:81: certs.issuer.key-type: \"dsa\" (expected: rsa or ecdsa)");
    loading.assertRefused(
        BASE + "certs: {issuer: {certificate: ca.crt, key: ca.key}}\n",
        "gateway.yml:10:9: certs.issuer.directory: missing (expected: a path)");
    String registration = "registration: {servers: [\"nats://127.0.0.1:1\"]}\n";
    loading.assertRefused(
        BASE + issuer.formatted(", validity: 10m") + registration,
        "gateway.yml:10:81: certs.issuer.validity: renewed 200s before the end"
            + " (expected: before registration.certificate-guard, 5m, withdraws it)");
    loading.assertRefused(
        BASE + issuer.formatted(", renew-before: 2m") + registration,
        "gateway.yml:10:85: certs.issuer.renew-before: renewed 2m before the end"
            + " (expected: before registration.certificate-guard, 5m, withdraws it)");
  }

  private static String acme(String more) {
    return "certs: {acme: {url: 'https://ca.test/dir', account-key: a.key, directory: issued, "
        + more
        + "}}\n";
  }

  private static String publicHost() {
    return base(
        "    domain: example.com\n    certificate: {chain: chain.pem, key: key.pem}\n",
        "    public-host: harbor.example.com\n");
  }

  @Test
  void acme() {
    loading.assertRefused(publicHost() + acme("agree-to-terms: true"));
    loading.assertRefused(
        publicHost() + acme("agree-to-terms: false"),
        "gateway.yml:9:99: certs.acme.agree-to-terms: false (expected: true: servers issue only to"
            + " those who agree to their terms of service)");
    loading.assertRefused(
        publicHost() + acme("email: a@b.test"),
        "gateway.yml:9:9: certs.acme.agree-to-terms: missing (expected: true or false)");
    loading.assertRefused(
        publicHost() + acme("agree-to-terms: true, challenge: http-01"),
        "gateway.yml:9:116: certs.acme.challenge: http-01"
            + " (expected: a challenge for which there is a listener)");
    loading.assertRefused(
        publicHost()
            + acme("agree-to-terms: true, renew-before: 24h")
            + "registration: {servers: ['nats://10.0.0.1:4222'], certificate-guard: 24h}\n",
        "gateway.yml:9:119: certs.acme.renew-before: renewed 24h before the end"
            + " (expected: before registration.certificate-guard, 24h, withdraws it)");
    loading.assertRefused(
        publicHost() + acme("agree-to-terms: true").replace("https:", "http:"),
        "gateway.yml:9:21: certs.acme.url: \"http://ca.test/dir\" (expected: a URI, such as https://host/path)");
    loading.assertRefused(
        base("    certificate: {chain: chain.pem, key: key.pem}\n", "")
            + acme("agree-to-terms: true"),
        "gateway.yml:2:5: instances[0].certificate: missing"
            + " (expected: chain and key, or a certs section that finds them)");
    loading.assertRefused(
        publicHost()
            + acme("agree-to-terms: true")
                .replace(
                    "{acme:", "{issuer: {certificate: ca.crt, key: ca.key, directory: own}, acme:"),
        "gateway.yml:9:69: certs.acme: acme and issuer (expected: one of the two)");
  }

  @Test
  void catalogueWithoutCertificates() {
    loading.assertRefused(
        BASE + "catalogue: {file: chain.pem, domain: example.com}\n",
        "gateway.yml:10:1: catalogue.certificates: missing"
            + " (expected: a folder, or certs.issuer)");
  }

  @Test
  void emptyListOfListeners() {
    loading.assertRefused(
        "listeners: []\n",
        "gateway.yml:1:1: listeners: an empty list (expected: at least one element)");
  }

  @Test
  void duration() {
    loading.assertRefused(
        BASE + "node: {drain-delay: 20}\n",
        "gateway.yml:10:21: node.drain-delay: 20"
            + " (expected: a duration, such as 500ms, 20s, 2m or 1h)");
    loading.assertRefused(
        BASE + "node: {drain-delay: 20 sec}\n",
        "gateway.yml:10:21: node.drain-delay: \"20 sec\""
            + " (expected: a duration, such as 500ms, 20s, 2m or 1h)");
  }

  @Test
  void size() {
    loading.assertRefused(
        BASE + "http: {max-head-size: 64KB}\n",
        "gateway.yml:10:23: http.max-head-size: \"64KB\""
            + " (expected: a size, such as 512B, 64KiB, 1MiB or 2GiB)");
  }

  @Test
  void targetLongerThanHead() {
    loading.assertRefused(
        BASE + "http: {max-head-size: 8KiB}\n",
        "gateway.yml:10:1: http.max-target-size: 16KiB (expected: at most max-head-size, 8KiB)");
  }

  @Test
  void cidr() {
    loading.assertRefused(
        BASE + "http:\n  trusted-proxies: [10.0.0.0/8, 10.0.0.0/33, 10.0.0.1/8]\n",
        "gateway.yml:11:33: http.trusted-proxies[1]: \"10.0.0.0/33\" (expected: an IP address or a"
            + " CIDR block, such as 10.0.0.5, 10.0.0.0/8 or fd00::/8)",
        "gateway.yml:11:46: http.trusted-proxies[2]: \"10.0.0.1/8\""
            + " (expected: a block without bits beyond its prefix)");
  }

  @Test
  void hostName() {
    loading.assertRefused(
        base("domain: example.com", "domain: exa_mple.com"),
        "gateway.yml:3:13: instances[0].domain: \"exa_mple.com\""
            + " (expected: a DNS name, such as registry.example.com)");
  }

  @Test
  void guid() {
    loading.assertRefused(
        base("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "abc"),
        "gateway.yml:2:11: instances[0].guid: \"abc\""
            + " (expected: a UUID, such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0)");
  }

  @Test
  void address() {
    loading.assertRefused(
        base("port: 8443", "port: 8443\n    address: localhost"),
        "gateway.yml:8:14: listeners[0].address: \"localhost\""
            + " (expected: an IP address, such as 10.0.0.1 or fd00::1)");
  }

  @Test
  void upstreamAddress() {
    loading.assertRefused(
        base("127.0.0.1:443", "127.0.0.1"),
        "gateway.yml:9:25: listeners[0].upstream.address: \"127.0.0.1\""
            + " (expected: host:port, such as 172.18.0.10:443, nginx:443 or [fd00::10]:443)");
  }

  @Test
  void choice() {
    loading.assertRefused(
        base("protocol: https", "protocol: HTTPS"),
        "gateway.yml:8:15: listeners[0].protocol: \"HTTPS\" (expected: https, http or tcp)");
  }

  @Test
  void yesIsNoBoolean() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {insecure: yes}"),
        "gateway.yml:9:58: listeners[0].upstream.tls.insecure: \"yes\""
            + " (expected: true or false)");
  }

  @Test
  void fileThatIsNotThere() {
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {ca: chian.pem}"),
        "gateway.yml:9:52: listeners[0].upstream.tls.ca: no such file: chian.pem"
            + " (expected: a readable file)");
  }

  @Test
  void folderInPlaceOfAFile() throws IOException {
    Files.createDirectory(folder.resolve("tls"));
    loading.assertRefused(
        base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {ca: tls}"),
        "gateway.yml:9:52: listeners[0].upstream.tls.ca: a folder: tls"
            + " (expected: a readable file)");
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    Path file = folder.resolve("latin1.yml");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xe9});
    assertThat(loading.problems(file))
        .containsExactly("latin1.yml: not UTF-8 (expected: a readable YAML file)");
  }

  @Test
  void configurationFileThatIsNotThere() {
    assertThat(loading.problems(folder.resolve("no.yml")))
        .containsExactly("no.yml: no such file (expected: a readable YAML file)");
  }

  @Test
  void fileThatMayNotBeRead() {
    // root may read every file, so the permission itself cannot be tested by everyone
    assertThat(InputFiles.reason(new AccessDeniedException("x"))).isEqualTo("permission denied");
  }

  @Test
  void problemsAreReportedAllAtOnceInTheOrderOfTheFile() {
    loading.assertRefused(
        """
        http:
          max-head-size: 64
        instances:
          - guid: abc
            domian: example.com
            certificate: {chain: none.pem, key: key.pem}
          - guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
            public-host: harbor.example.com
            additional-routes: [a]
            certificate: {chain: chain.pem}
        listeners:
          - name: web
            port: 8443
            protocol: https
            upstream: {address: "127.0.0.1:443", tls: {}}
          - name: web
            port: 8443
            protocol: tcp
        """,
        "gateway.yml:2:18: http.max-head-size: 64"
            + " (expected: a size, such as 512B, 64KiB, 1MiB or 2GiB)",
        "gateway.yml:4:11: instances[0].guid: \"abc\""
            + " (expected: a UUID, such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0)",
        "gateway.yml:5:5: instances[0].domian: unknown key, did you mean domain? (expected: guid,"
            + " domain, additional-routes, public-host, certificate,"
            + " alternative-certificate, upstreams, client-auth)",
        "gateway.yml:9:5: instances[1].additional-routes: together with public-host"
            + " (expected: one of the two)",
        "gateway.yml:15:42: listeners[0].upstream.tls: none of ca, pin, insecure"
            + " (expected: exactly one of ca, pin and insecure: true)",
        "gateway.yml:16:5: listeners[1].upstream: missing (expected: a mapping with address, tls,"
            + " connect-timeout, max-idle-connections, idle-timeout, health)",
        "gateway.yml:16:11: listeners[1].name: \"web\", as at listeners[0].name"
            + " (expected: a name of its own)",
        "gateway.yml:17:11: listeners[1].port: 0.0.0.0:8443, which overlaps listeners[0]"
            + " (0.0.0.0:8443) (expected: a port of its own)");
  }
}
