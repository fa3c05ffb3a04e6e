package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.base;
import static io.harborgateway.config.load.Loading.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.RegistrationConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of the registration and its secrets. */
final class RegistrationRefusalTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  private static final String REGISTRATION =
      BASE + "registration:\n  servers: [\"nats://n:4222\"]\n";

  @Test
  void unknownListener() {
    loading.assertRefused(
        REGISTRATION + "  routes:\n    - listener: wbe\n",
        "gateway.yml:13:17: registration.routes[0].listener: \"wbe\""
            + " (expected: an http or https listener: web)");
  }

  @Test
  void brokenListenersAreNotReportedTwice() {
    loading.assertRefused(
        "registration: {servers: [\"nats://n:4222\"]}\n",
        "gateway.yml:1:1: listeners: missing (expected: a list)");
    loading.assertRefused(
        with(REGISTRATION, "port: 8443", "port: 0") + "  routes: [{listener: web}]\n",
        "gateway.yml:7:11: listeners[0].port: 0 (expected: 1 to 65535)");
  }

  @Test
  void listenerTwice() {
    loading.assertRefused(
        REGISTRATION + "  routes: [{listener: web}, {listener: web}]\n",
        "gateway.yml:12:40: registration.routes[1].listener: \"web\","
            + " as at registration.routes[0].listener (expected: one route for each listener)");
  }

  @Test
  void noHttpsListenerToAnnounceByDefault() {
    loading.assertRefused(
        with(REGISTRATION, "protocol: https", "protocol: http"),
        "gateway.yml:10:1: registration.routes: none (expected: a route, or an https listener)");
  }

  @Test
  void idleTimeoutBelowThatOfTheRouters() {
    loading.assertRefused(
        with(REGISTRATION, "protocol: https", "protocol: https\n    timeouts: {idle: 99s}"),
        "gateway.yml:9:22: listeners[0].timeouts.idle: 99s"
            + " (expected: at least 100s on a listener that is registered)");
  }

  @Test
  void idleTimeoutIsFreeWithoutRegistration() {
    loading.assertRefused(base("protocol: https", "protocol: https\n    timeouts: {idle: 9s}"));
  }

  @Test
  void serverOfAnotherScheme() {
    loading.assertRefused(
        with(REGISTRATION, "nats://n:4222", "http://n:4222"),
        "gateway.yml:11:13: registration.servers[0]: \"http://n:4222\""
            + " (expected: a URI, such as nats://host:port or tls://host:port)");
  }

  @Test
  void serverWithoutPort() {
    loading.assertRefused(
        with(REGISTRATION, "nats://n:4222", "nats://n"),
        "gateway.yml:11:13: registration.servers[0]: \"nats://n\""
            + " (expected: a URI, such as nats://host:port or tls://host:port)");
  }

  @Test
  void serverWithAPasswordThatIsNotEchoed() {
    loading.assertRefused(
        with(REGISTRATION, "nats://n:4222", "nats://u:hunter2@n:4222"),
        "gateway.yml:11:13: registration.servers[0]: a URI with user information"
            + " (expected: a URI, such as nats://host:port or tls://host:port)");
  }

  @Test
  void noServers() {
    loading.assertRefused(
        with(REGISTRATION, "[\"nats://n:4222\"]", "[]"),
        "gateway.yml:11:3: registration.servers: none"
            + " (expected: NATS servers, here or in the file of registrar-settings)");
    loading.assertRefused(
        BASE + "registration: {interval: 9s}\n",
        "gateway.yml:10:1: registration.servers: none"
            + " (expected: NATS servers, here or in the file of registrar-settings)");
  }

  @Test
  void serversThatAreInTheRegistrarsFile() {
    loading.file("registrar.json", "not read here");
    RegistrationConfig read =
        loading
            .config(BASE + "registration: {registrar-settings: registrar.json}\n")
            .registration();
    assertThat(read).isNotNull();
    assertThat(read.servers()).isEmpty();
    assertThat(read.routes()).as("its file says what is announced").isEmpty();
  }

  @Test
  void registrarsFileNeedsNoHttpsListener() {
    loading.file("registrar.json", "not read here");
    loading.assertRefused(
        base("protocol: https", "protocol: http")
            + "registration: {registrar-settings: registrar.json}\n");
  }

  @Test
  void credentialsWithoutTheServersThatTheyAreFor() {
    loading.file("registrar.json", "not read here");
    loading.assertRefused(
        BASE
            + "registration:\n  registrar-settings: registrar.json\n  user: u\n"
            + "  password: {env: SET}\n  tls: {ca: ca.pem}\n",
        "gateway.yml:12:9: registration.user: user without servers"
            + " (expected: servers, too; those of registrar-settings have their own)",
        "gateway.yml:13:3: registration.password: password without servers"
            + " (expected: servers, too; those of registrar-settings have their own)",
        "gateway.yml:14:3: registration.tls: tls without servers"
            + " (expected: servers, too; those of registrar-settings have their own)");
  }

  @Test
  void routeServiceThatIsNotHttps() {
    loading.assertRefused(
        REGISTRATION + "  routes: [{listener: web, route-service-url: \"http://a\"}]\n",
        "gateway.yml:12:47: registration.routes[0].route-service-url: \"http://a\""
            + " (expected: a URI, such as https://host/path)");
  }

  @Test
  void userWithoutPassword() {
    loading.assertRefused(
        REGISTRATION + "  user: u\n",
        "gateway.yml:12:9: registration.user: user without password"
            + " (expected: both or neither)");
  }

  @Test
  void passwordWithoutUser() {
    loading.assertRefused(
        REGISTRATION + "  password: {env: SET}\n",
        "gateway.yml:12:3: registration.password: password without user"
            + " (expected: both or neither)");
  }

  @Test
  void tokenWithUser() {
    loading.assertRefused(
        REGISTRATION + "  user: u\n  password: {env: SET}\n  token: {env: SET}\n",
        "gateway.yml:14:3: registration.token: together with user"
            + " (expected: a token, or user and password)");
  }

  @Test
  void natsCertificateWithoutKey() {
    loading.assertRefused(
        REGISTRATION + "  tls: {certificate: chain.pem}\n",
        "gateway.yml:12:22: registration.tls.certificate: certificate without key"
            + " (expected: both or neither)");
  }

  @Test
  void registrarSettingsThatAreNotThere() {
    loading.assertRefused(
        REGISTRATION + "  registrar-settings: none.json\n",
        "gateway.yml:12:23: registration.registrar-settings: no such file: none.json"
            + " (expected: a readable file)");
  }

  @Test
  void secretInTheFileItselfIsNotEchoed() {
    loading.assertRefused(
        REGISTRATION + "  token: hunter2\n",
        "gateway.yml:12:10: registration.token: a single value"
            + " (expected: a mapping with file, env)");
  }

  @Test
  void secretOfNoPlace() {
    loading.assertRefused(
        REGISTRATION + "  token: {}\n",
        "gateway.yml:12:3: registration.token: neither file nor env"
            + " (expected: exactly one of file and env)");
  }

  @Test
  void secretOfTwoPlaces() {
    loading.assertRefused(
        REGISTRATION + "  token: {file: key.pem, env: SET}\n",
        "gateway.yml:12:3: registration.token: both file and env"
            + " (expected: exactly one of file and env)");
  }

  @Test
  void secretFileThatIsNotThere() {
    loading.assertRefused(
        REGISTRATION + "  token: {file: none}\n",
        "gateway.yml:12:17: registration.token.file: no such file: none"
            + " (expected: a readable file)");
  }

  @Test
  void secretFileThatIsEmpty() {
    loading.file("empty", "\n");
    loading.assertRefused(
        REGISTRATION + "  token: {file: empty}\n",
        "gateway.yml:12:17: registration.token.file: an empty file: empty (expected: a secret)");
  }

  @Test
  void secretVariableThatIsNotSet() {
    loading.assertRefused(
        REGISTRATION + "  token: {env: UNSET}\n",
        "gateway.yml:12:16: registration.token.env: \"UNSET\" is not set"
            + " (expected: a variable of the environment)");
  }

  @Test
  void secretVariableThatIsEmpty() {
    loading.assertRefused(
        REGISTRATION + "  token: {env: EMPTY}\n",
        "gateway.yml:12:16: registration.token.env: \"EMPTY\" is empty (expected: a secret)");
  }
}
