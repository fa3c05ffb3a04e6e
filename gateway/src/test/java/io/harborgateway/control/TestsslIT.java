package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.PeerBinary;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What testssl.sh finds in a gateway with the default profile. It takes minutes, so it is for long
 * runs; {@link TlsPolicyIT} and {@link TlsSettingsIT} are the short form.
 */
@EnabledIf("isLong")
class TestsslIT {
  private static final Set<String> HARMLESS = Set.of("OK", "INFO", "LOW", "DEBUG");

  private static final String GUID = "11111111-2222-4333-8444-555555555555";
  private static final String NAME = GUID + ".registry.test";

  @TempDir private Path folder;

  static boolean isLong() {
    return LongForm.or(false, true);
  }

  @Test
  @Timeout(900)
  void findsNothingAboveLow() throws IOException {
    var certificates = TestCertificates.in(Files.createDirectory(folder.resolve("ca")));
    // What a CA of the platform would add, so that findings are the gateway's own.
    var issued =
        certificates.issue(
            "RSA",
            300,
            """
            basicConstraints = critical,CA:FALSE
            keyUsage = critical,digitalSignature,keyEncipherment
            extendedKeyUsage = serverAuth
            crlDistributionPoints = URI:http://crl.test/ca.crl
            subjectAltName = DNS:%s
            """
                .formatted(NAME));
    try (var origin = Origin.start(Behaviours.http(request -> Answer.of(200)))) {
      var yaml =
          new GatewayYaml(certificates)
              .instance(GUID, issued)
              .listener("https", "https", origin.address())
              .section("tls: {default-instance: " + GUID + "}"); // some of its checks send no SNI
      try (var gateway = TestGateway.start(folder, yaml.text())) {
        Path report = folder.resolve("report.json");
        List<String> command = new ArrayList<>();
        command.add(PeerBinary.require("testssl", "testssl.sh").toString());
        command.addAll(
            List.of("--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1"));
        command.addAll(List.of("--nodns", "none", "--add-ca", certificates.ca().toString()));
        command.addAll(
            List.of("-p", "-s", "-f", "-P", "-S", "-U", "-g", "--jsonfile", report.toString()));
        command.add(NAME + ":" + gateway.address("https").getPort());
        System.out.println(Command.run(command, new byte[0], Duration.ofMinutes(14)).stdout());

        List<String> worse = new ArrayList<>();
        for (JsonNode finding : JsonMapper.shared().readTree(report)) {
          boolean isItsOwn = finding.path("id").stringValue().equals("engine_problem");
          if (!isItsOwn && !HARMLESS.contains(finding.path("severity").stringValue())) {
            worse.add(finding.toString());
          }
        }
        assertThat(worse).isEmpty();
      }
    }
  }
}
