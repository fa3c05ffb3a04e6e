package io.harborgateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.HttpResponse;
import io.harborgateway.testkit.OpensslClient;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The certificate goes by the server name, the instance by each request's Host. */
class HostRoutingIT {
  @TempDir static Path folder;
  private static Origin first;
  private static Origin second;
  private static Stand two;
  private static Stand one;

  @BeforeAll
  static void start() throws IOException {
    first = Origin.start(Behaviours.http(request -> Answer.of(200).text("first")));
    second = Origin.start(Behaviours.http(request -> Answer.of(200).text("second")));
    two =
        Stand.startWithTwo(
            Files.createDirectory(folder.resolve("two")), first.port(), second.port());
    one = Stand.start(Files.createDirectory(folder.resolve("one")), first.port());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    first.close();
    second.close();
  }

  private static HttpResponse get(RawClient client, String host, String target) throws IOException {
    return client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").readResponse();
  }

  private static String body(RawClient client, String host) throws IOException {
    return get(client, host, "/").body().text();
  }

  private static String errorCode(HttpResponse response) {
    return response.head().field("X-Harbor-Gateway-Error").orElse("");
  }

  @Test
  void everyNameIsServedOnAConnectionOfAnyOtherOfTheInstance() throws IOException {
    for (String serverName : Stand.NAMES) {
      try (RawClient client =
          RawClient.connect(two.https(), two.tls().serverName(serverName))) { // verified
        for (String host : Stand.NAMES) {
          assertThat(body(client, host)).as("%s on %s", host, serverName).isEqualTo("first");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void caseAndPortAndTrailingDotDoNotMatter(String listener) throws IOException {
    try (RawClient client = two.connect(listener)) {
      assertThat(body(client, Stand.NAME.toUpperCase(Locale.ROOT))).isEqualTo("first");
      assertThat(body(client, Stand.NAME + ":443")).isEqualTo("first");
      assertThat(body(client, Stand.NAME + ".")).isEqualTo("first");
      assertThat(body(client, Stand.NAMES.get(1).toUpperCase(Locale.ROOT) + ".:8443"))
          .isEqualTo("first");
    }
  }

  @Test
  void eachInstanceHasItsOwnUpstream() throws IOException {
    try (RawClient client = two.connectTls(Stand.OTHER_NAME)) {
      assertThat(body(client, Stand.OTHER_NAME)).isEqualTo("second");
    }
    try (RawClient client = two.connect("http")) {
      assertThat(body(client, Stand.OTHER_NAME)).isEqualTo("second");
      assertThat(body(client, Stand.NAME)).isEqualTo("first");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void anUnknownHostIsNotFound(String listener) throws IOException {
    long before = first.bytesReceived() + second.bytesReceived();
    try (RawClient client = two.connect(listener)) {
      HttpResponse text = get(client, "x." + Stand.NAME, "/");
      assertThat(text.status()).isEqualTo(404);
      assertThat(errorCode(text)).isEqualTo("unknown_host");
      assertThat(text.head().field("Content-Type")).contains("text/plain; charset=utf-8");
      assertThat(text.body().text()).isEqualTo("no instance has this host name\n");

      HttpResponse json = get(client, "127.0.0.1", "/v2/");
      assertThat(json.status()).isEqualTo(404);
      assertThat(json.head().field("Content-Type")).contains("application/json");
      assertThat(json.body().text())
          .startsWith(
              "{\"errors\":[{\"code\":\"NAME_UNKNOWN\","
                  + "\"message\":\"no instance has this host name\"");
      assertThat(first.bytesReceived() + second.bytesReceived()).isEqualTo(before);
      assertThat(body(client, Stand.NAME)).as("the connection goes on").isEqualTo("first");
    }
  }

  @Test
  void aHostOfAnotherInstanceIsMisdirected() throws IOException {
    long before = first.bytesReceived() + second.bytesReceived();
    try (RawClient client = two.connectTls(Stand.NAME)) {
      HttpResponse response = get(client, Stand.OTHER_NAME, "/v2/");
      assertThat(response.status()).isEqualTo(421);
      assertThat(errorCode(response)).isEqualTo("misdirected");
      assertThat(response.body().text()).startsWith("{\"errors\":[{\"code\":\"NAME_UNKNOWN\"");
      assertThat(first.bytesReceived() + second.bytesReceived()).isEqualTo(before);
      assertThat(body(client, Stand.NAME)).as("the connection goes on").isEqualTo("first");
    }
  }

  // ---- certificates

  @Test
  void theServerNameChoosesTheCertificate() throws IOException {
    try (RawClient client =
        RawClient.connect(two.https(), two.tls().serverName(Stand.OTHER_NAME))) {
      assertThat(names(client)).contains(Stand.OTHER_NAME);
    }
    try (RawClient client =
        RawClient.connect(two.https(), two.tls().serverName(Stand.NAME.toUpperCase(Locale.ROOT)))) {
      assertThat(names(client)).contains(Stand.NAME);
    }
  }

  private static String names(RawClient client) throws IOException {
    try {
      var certificate = (X509Certificate) client.session().getPeerCertificates()[0];
      return String.valueOf(certificate.getSubjectAlternativeNames());
    } catch (CertificateParsingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theOnlyInstanceServesAnyServerNameAndNone() throws IOException {
    try (RawClient client = one.connectTls("unknown.example.com")) {
      assertThat(body(client, Stand.NAME)).isEqualTo("first");
    }
    try (RawClient client = RawClient.connect(one.https(), one.tls())) {
      assertThat(body(client, Stand.NAME)).isEqualTo("first");
    }
  }

  @Test
  void severalInstancesFailTheHandshakeOfAnyOtherServerName() {
    assertThatThrownBy(() -> two.connectTls("unknown.example.com"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("handshake_failure");
    assertThatThrownBy(() -> RawClient.connect(two.https(), two.tls()))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("handshake_failure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void opensslSeesTheAlertToo(String version) {
    var unknown = OpensslClient.run(two.https(), "", version, "-servername", "unknown.example.com");
    var absent = OpensslClient.run(two.https(), "", version, "-noservername");
    assertThat(unknown.exitCode()).isNotZero();
    assertThat(unknown.stderr()).containsIgnoringCase("alert handshake failure");
    assertThat(absent.exitCode()).isNotZero();
    assertThat(absent.stderr()).containsIgnoringCase("alert handshake failure");
  }

  /** TLS 1.2 with what gorouter has as its default. */
  @ParameterizedTest
  @CsvSource({
    "-tls1_2, -cipher, ECDHE-RSA-AES128-GCM-SHA256",
    "-tls1_2, -cipher, ECDHE-RSA-AES256-GCM-SHA384",
    "-tls1_3, -ciphersuites, TLS_AES_128_GCM_SHA256",
    "-tls1_3, -ciphersuites, TLS_AES_256_GCM_SHA384"
  })
  void speaksTls12And13AndHttp11(String version, String option, String suite) {
    var result =
        OpensslClient.run(
            two.https(),
            "GET / HTTP/1.1\r\nHost: " + Stand.NAME + "\r\nConnection: close\r\n\r\n",
            version,
            option,
            suite,
            "-servername",
            Stand.NAME,
            "-alpn",
            "h2,http/1.1",
            "-CAfile",
            two.certificates().ca().toString(),
            "-verify_return_error",
            "-verify_hostname",
            Stand.NAME);
    assertThat(result.succeeded().stdout())
        .contains("Cipher is " + suite)
        .contains("ALPN protocol: http/1.1")
        .contains("Verify return code: 0 (ok)")
        .contains("HTTP/1.1 200 Reason\r\n")
        .contains("\r\n\r\nfirst");
  }

  @Test
  void olderTlsIsNotSpoken() {
    var result =
        OpensslClient.run(
            two.https(), "", "-tls1_1", "-cipher", "ALL@SECLEVEL=0", "-servername", Stand.NAME);
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("alert protocol version");
  }
}
