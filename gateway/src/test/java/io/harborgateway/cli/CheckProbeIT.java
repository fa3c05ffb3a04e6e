package io.harborgateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.GatewayYaml;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --probe}, against upstreams that can be used and others. */
@Timeout(60)
class CheckProbeIT {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();

  @Test
  void whatEachUpstreamShowedIsPrinted() throws IOException {
    TestCertificates ca = ca();
    try (var plain = Origin.start(Behaviours.silent());
        var tls =
            Origin.startTls(
                ca.presenting(ca.issue("harbor")), Behaviours.http(request -> Answer.of(401)))) {
      var yaml =
          new GatewayYaml(folder)
              .listener("plain", "http", plain.address())
              .listener("tls", "http", tls.address(), tls(ca, "harbor"), "");
      int exit = probe(yaml);
      assertThat(exit).as(out.toString()).isZero();
      assertThat(out.toString())
          .contains("upstream plain 127.0.0.1:" + plain.port() + ": ok")
          .containsPattern("connected to 127.0.0.1 in \\d+ ms, in the clear")
          .contains("upstream tls 127.0.0.1:" + tls.port() + ": ok")
          .containsPattern("connected to 127.0.0.1 in \\d+ ms, TLSv1.3, TLS_")
          .contains("for harbor")
          .contains("pin sha256/")
          .containsPattern("GET /v2/ of " + GatewayYaml.NAME + ": 401 in \\d+ ms");
    }
  }

  @Test
  void nginxTakesAServerNameWithAnUnderscore() throws IOException {
    try (var origin = Origin.start(Behaviours.silent());
        var nginx = HarborNginx.start(folder, origin)) {
      String tls = "tls: {insecure: true, server-name: harbor_nginx}";
      var yaml = new GatewayYaml(folder).listener("tls", "http", nginx.https(), tls, "");
      int exit = probe(yaml);
      assertThat(exit).as(out.toString()).isZero();
      assertThat(out.toString()).contains("for " + HarborNginx.NAME).contains("401 in ");
    }
  }

  @Test
  void whyOneCannotBeUsedIsPrintedAndTheExitCode() throws IOException {
    TestCertificates ca = ca();
    try (var plain = Origin.start(Behaviours.silent());
        var tls = Origin.startTls(ca.presenting(ca.issue("nginx.test")), Behaviours.silent())) {
      plain.stop();
      var yaml =
          new GatewayYaml(folder)
              .listener("plain", "http", plain.address())
              .listener("tls", "http", tls.address(), tls(ca, "harbor"), "");
      assertThat(probe(yaml)).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(out.toString())
          .contains("upstream plain 127.0.0.1:" + plain.port() + ": FAILED: connection refused")
          .contains("FAILED: wrong name: the certificate is for nginx.test (expected: harbor)");
    }
  }

  @Test
  void withoutTheOptionNobodyIsAsked() throws IOException {
    try (var origin = Origin.start(Behaviours.silent())) {
      var yaml = new GatewayYaml(folder).listener("http", "http", origin.address());
      assertThat(check(yaml)).isZero();
      assertThat(origin.connections()).isZero();
    }
  }

  private int probe(GatewayYaml yaml) throws IOException {
    return check(yaml, "--probe");
  }

  private int check(GatewayYaml yaml, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("gateway.yml"), yaml.text());
    String[] arguments = new String[options.length + 3];
    arguments[0] = "check";
    arguments[1] = "--config";
    arguments[2] = file.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Main.commandLine().setOut(new PrintWriter(out, true)).execute(arguments);
  }

  private TestCertificates ca() throws IOException {
    return TestCertificates.in(Files.createTempDirectory(folder, "ca-"));
  }

  private static String tls(TestCertificates ca, String serverName) {
    return "tls: {ca: \"%s\", server-name: %s}".formatted(ca.ca(), serverName);
  }
}
