package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.base;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.harborgateway.config.ClientAuthConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.ClientAuthMode;
import io.harborgateway.config.values.ForwardedClientCert;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of a demand for clients' certificates. */
final class ClientAuthRefusalTest {
  private static final String REGISTRATION =
      "registration: {servers: [\"nats://127.0.0.1:4222\"]}\n";

  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  private static String listener(String keys) {
    return BASE + "    client-auth: {client-ca: ca.pem" + keys + "}\n";
  }

  @Test
  void requireByDefaultWithOneFileOrSeveral() {
    var listener = loading.config(listener(", crl: [ca.pem, chain.pem]")).listeners().getFirst();
    ClientAuthConfig auth = Objects.requireNonNull(listener.clientAuth());
    assertThat(auth.mode()).isEqualTo(ClientAuthMode.REQUIRE);
    assertThat(auth.clientCa()).hasSize(1);
    assertThat(auth.crl()).hasSize(2);
  }

  @Test
  void aListenerWithoutTls() {
    loading.assertRefused(
        listener("").replace("protocol: https", "protocol: http"),
        "gateway.yml:10:5: listeners[0].client-auth: on a listener without TLS of its own"
            + " (expected: none: only an https listener makes handshakes)");
  }

  @Test
  void noCa() {
    loading.assertRefused(
        BASE + "    client-auth: {mode: request}\n",
        "gateway.yml:10:5: listeners[0].client-auth.client-ca: missing"
            + " (expected: a path, or a list of them)");
  }

  @Test
  void aSubjectThatIsNone() {
    loading.assertRefused(
        listener(", subjects: [gorouter]"),
        "gateway.yml:10:49: listeners[0].client-auth.subjects[0]: \"gorouter\" (expected: a"
            + " distinguished name (RFC 4514), such as CN=gorouter,O=example)");
  }

  @Test
  void requireWhereRoutesAreAnnouncedTakesTheOperatorsWord() {
    String refusal =
        "require, where routes are announced to routers that may have no certificate to show"
            + " (expected: request; or routers-present-certificate: true once they have)";
    loading.assertRefused(
        listener("") + REGISTRATION, "gateway.yml:10:5: listeners[0].client-auth.mode: " + refusal);
    loading.load(listener(", mode: request") + REGISTRATION);
    loading.load(listener(", routers-present-certificate: true") + REGISTRATION);
    loading.assertRefused(
        base("key: key.pem}\n", "key: key.pem}\n    client-auth: {client-ca: ca.pem}\n")
            + REGISTRATION,
        "gateway.yml:5:5: instances[0].client-auth.mode: " + refusal);
  }

  @Test
  void anInstanceThatDemandsIsWarnedOfAnHttpListener() {
    String http =
        base("key: key.pem}\n", "key: key.pem}\n    client-auth: {client-ca: ca.pem}\n")
            + "  - {name: plain, port: 8080, protocol: http, upstream: {address: \"127.0.0.1:80\"}}\n";
    assertThat(loading.load(http).warnings())
        .extracting(Problem::path, Problem::expected)
        .containsExactly(
            tuple(
                "instances[0].client-auth.mode",
                "no http listener: who comes by listeners[1] shows none"));
  }

  @Test
  void theModesHaveGoroutersNames() {
    assertThat(
            loading
                .config(BASE + "http: {forwarded-client-cert: sanitize_set}\n")
                .http()
                .forwardedClientCert())
        .isEqualTo(ForwardedClientCert.SANITIZE_SET);
    loading.assertRefused(
        BASE + "http: {forwarded-client-cert: sanitize-set}\n",
        "gateway.yml:10:31: http.forwarded-client-cert: \"sanitize-set\""
            + " (expected: always_forward, forward or sanitize_set)");
  }
}
