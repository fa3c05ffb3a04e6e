package io.harborgateway.control;

import static io.harborgateway.control.ReloadStand.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.control.Reloads.Outcome;
import io.harborgateway.http.AccessLog;
import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import io.harborgateway.testkit.TestCertificates.KeyAlgorithm;
import io.harborgateway.transport.NegotiatedTls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section {@code tls}: what it refuses, and what the real openssl then meets. */
@Timeout(60)
class TlsSettingsIT {
  private static final String RSA_GUID = "11111111-2222-4333-8444-555555555555";
  private static final String RSA_NAME = RSA_GUID + "." + ReloadStand.DOMAIN;

  @TempDir private Path folder;
  private final Origin origin = Origin.start(Behaviours.http(request -> Answer.of(200)));
  private ReloadStand stand;

  @BeforeEach
  void start() {
    stand = ReloadStand.prepare(folder, origin.port());
    stand.instances.add(
        "{guid: %s, domain: %s, certificate: %s}"
            .formatted(
                RSA_GUID,
                ReloadStand.DOMAIN,
                ReloadStand.files(stand.certificates.issue(KeyAlgorithm.RSA, RSA_NAME))));
    stand.start();
  }

  @AfterEach
  void close() {
    stand.close();
    origin.close();
  }

  private Reloads.Result reload(String tls) {
    stand.sections.clear();
    stand.sections.add("tls: " + tls);
    return stand.reload();
  }

  private void applied(String tls) {
    assertThat(reload(tls).problems()).isEmpty();
  }

  private String connect(String name, String options) {
    List<String> all = new ArrayList<>(List.of("-servername", name));
    all.addAll(List.of(options.split(" ")));
    Command.Result result =
        OpensslClient.run(stand.testGateway().address("https"), "", all.toArray(String[]::new));
    return result.stdout() + result.stderr();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{profile: modern, suites: [TLS_RSA_WITH_AES_128_GCM_SHA256]} | tls.suites: suites of TLS"
            + " 1.2 without that version (expected: none: those of TLS 1.3 are always there)",
        "{versions: [TLSv1.1, TLSv1.3]} | tls.versions: a gap: TLSv1.2 (expected: versions that"
            + " follow each other)",
        "{versions: [TLS1.3]} | tls.versions[0]: \"TLS1.3\", did you mean TLSv1.3? (expected:"
            + " TLSv1, TLSv1.1, TLSv1.2, TLSv1.3)",
        "{groups: [X25519, X25519MLKEM786]} | tls.groups[1]: \"X25519MLKEM786\", did you mean"
            + " X25519MLKEM768? (expected: X25519MLKEM768, MLKEM1024, X25519, P-256, P-384, P-521)",
        "{groups: [P-256, secp256r1]} | tls.groups[1]: \"secp256r1\", a second time (expected: each"
            + " once)",
        "{suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]} | tls.suites[0]:"
            + " \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265\", did you mean"
            + " TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256? (expected: TLS_ECDHE_ECDSA_WITH",
        "{default-instance: 99999999-2222-4333-8444-555555555555} | tls.default-instance:"
            + " 99999999-2222-4333-8444-555555555555, which is no instance (expected: the GUID of an"
            + " instance)",
        "{suites: [TLS_AES_128_GCM_SHA256]} | tls.suites[0]: \"TLS_AES_128_GCM_SHA256\"",
        "{suites: [TLS_PSK_WITH_AES_128_CBC_SHA]} | tls.suites[0]: \"TLS_PSK_WITH_AES_128_CBC_SHA\"",
      })
  void aNameThatTheLibraryDoesNotKnowIsRefusedWhereItStands(String tls, String problem) {
    Reloads.Result result = reload(tls);

    assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(result.problems())
        .singleElement()
        .asString()
        .matches("(?s).*gateway\\.yml:\\d+:\\d+: tls.*")
        .contains(problem);
  }

  @Test
  void modernIsTls13Only() {
    applied("{profile: modern}");

    assertThat(connect(RSA_NAME, "-tls1_3")).contains("Cipher is TLS_AES_");
    assertThat(connect(RSA_NAME, "-tls1_2")).contains("alert protocol version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256", "AES256-SHA"})
  void compatibleHasOlderSuites(String suite) {
    String options = "-tls1_2 -cipher " + suite + ":@SECLEVEL=0";
    assertThat(connect(RSA_NAME, options)).contains("alert handshake failure");

    applied("{profile: compatible}");

    assertThat(connect(RSA_NAME, options)).contains("Cipher is " + suite);
    assertThat(connect(RSA_NAME, "-tls1_2")).contains("Cipher is ECDHE-RSA-AES128-GCM-SHA256");
  }

  @Test
  void ownListsReplaceThoseOfTheProfile() {
    applied(
        "{versions: [TLSv1.2, TLSv1.1], suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,"
            + " TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA], groups: [secp384r1]}");

    assertThat(connect(RSA_NAME, "-tls1_3")).contains("alert protocol version");
    assertThat(connect(RSA_NAME, "-tls1_2"))
        .contains("Cipher is ECDHE-RSA-AES128-SHA", "Server Temp Key: ECDH, secp384r1");
    assertThat(connect(RSA_NAME, "-tls1_1 -cipher ALL:@SECLEVEL=0"))
        .contains("Cipher is ECDHE-RSA-AES128-SHA");
    assertThat(connect(RSA_NAME, "-tls1_2 -groups X25519")).contains("alert handshake failure");
  }

  @Test
  void theDefaultInstanceServesClientsThatNameNone() {
    assertThat(connect("nobody.example.com", "-tls1_3")).contains("alert handshake failure");

    applied("{default-instance: " + RSA_GUID + "}");

    assertThat(connect("nobody.example.com", "-tls1_3")).contains("Peer signature type: RSA-PSS");
    assertThat(connect(NAME, "-tls1_3")).contains("Peer signature type: ECDSA");
  }

  @Test
  void outdatedVersionsAreWarnedOf() {
    applied("{profile: compatible, versions: [TLSv1.1, TLSv1.2]}");

    assertThat(stand.gateway().live().snapshot().warnings())
        .anySatisfy(warning ->
            assertThat(warning.toString())
                .contains("tls.versions[0]: \"TLSv1.1\"", "not to be used any more (RFC 8996)"));
  }

  /** The ECDSA certificate has no suite left: nothing changes, for the RSA one either. */
  @Test
  void settingsWithWhichACertificateDoesNotWorkAreRefused() {
    Reloads.Result result =
        reload("{versions: [TLSv1.2], suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]}");

    assertThat(result.problems())
        .singleElement()
        .asString()
        .contains("instances[0].certificate", "no handshake of TLSv1.2 works with it");
    assertThat(connect(NAME, "-tls1_3")).contains("Cipher is TLS_");
  }

  @Test
  void aReloadBuildsContextsAnewAndLeavesOpenConnectionsAlone() throws Exception {
    String session = folder.resolve("session.pem").toString();
    assertThat(connect(NAME, "-tls1_2 -sess_out " + session)).contains("New, TLSv1.2");
    assertThat(connect(NAME, "-tls1_2 -sess_in " + session)).contains("Reused, TLSv1.2");
    try (RawClient open = stand.connect(NAME)) {
      get(open);

      assertThat(reload("{groups: [P-384]}").changes())
          .containsExactly("changed: tls.groups: [] -> [P-384]");

      get(open);
      assertThat(connect(NAME, "-tls1_3")).contains("Server Temp Key: ECDH, secp384r1");
      assertThat(connect(NAME, "-tls1_2 -sess_in " + session)).contains("New, TLSv1.2");
      assertThat(stand.gateway().contexts().size()).isEqualTo(2);
    }
  }

  @Test
  void whatWasNegotiatedIsInTheAccessLogAndInTheMetrics() {
    String session = folder.resolve("session.pem").toString();
    request("-tls1_3 -groups P-256 -sess_out " + session);
    request("-tls1_3 -groups P-256 -sess_in " + session);
    applied("{profile: compatible}");
    request("-tls1_2 -cipher AES128-SHA:@SECLEVEL=0");

    assertThat(stand.testGateway().requests())
        .extracting(AccessLog.Entry::tls)
        .containsExactly(
            new NegotiatedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "P-256", false),
            new NegotiatedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "P-256", true),
            new NegotiatedTls("TLSv1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", null, false));
    assertThat(stand.gateway().plane().meters().scrape())
        .contains(
            "harbor_gateway_tls_negotiated_total{group=\"P-256\",listener=\"https\","
                + "resumed=\"true\",suite=\"TLS_AES_128_GCM_SHA256\",version=\"TLSv1.3\"} 1.0",
            "harbor_gateway_tls_negotiated_total{group=\"none\",listener=\"https\","
                + "resumed=\"false\",suite=\"TLS_RSA_WITH_AES_128_CBC_SHA\",version=\"TLSv1.2\"} 1.0");
  }

  private void request(String options) {
    List<String> all = new ArrayList<>(List.of("-servername", RSA_NAME));
    all.addAll(List.of(options.split(" ")));
    if (options.contains("-tls1_3")) {
      all.addAll(List.of("-ciphersuites", "TLS_AES_128_GCM_SHA256"));
    }
    String get = "GET / HTTP/1.1\r\nHost: " + RSA_NAME + "\r\nConnection: close\r\n\r\n";
    assertThat(
            OpensslClient.run(stand.testGateway().address("https"), get, all.toArray(String[]::new))
                .stdout())
        .contains("HTTP/1.1 200");
  }

  private static void get(RawClient client) throws Exception {
    client.send("GET / HTTP/1.1\r\nHost: " + NAME + "\r\n\r\n");
    assertThat(client.readResponse().status()).isEqualTo(200);
  }
}
