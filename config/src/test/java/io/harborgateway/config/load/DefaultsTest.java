package io.harborgateway.config.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.harborgateway.config.AccessLogConfig;
import io.harborgateway.config.AdminConfig;
import io.harborgateway.config.AnnouncedRouteConfig;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.HealthCheckConfig;
import io.harborgateway.config.HttpConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.LimitsConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.LoggingConfig;
import io.harborgateway.config.NodeConfig;
import io.harborgateway.config.RegistrationConfig;
import io.harborgateway.config.TimeoutsConfig;
import io.harborgateway.config.TlsConfig;
import io.harborgateway.config.UpstreamConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.values.AccessLogFormat;
import io.harborgateway.config.values.ByteSize;
import io.harborgateway.config.values.ClientCertForm;
import io.harborgateway.config.values.ForwardedClientCert;
import io.harborgateway.config.values.HealthCheckKind;
import io.harborgateway.config.values.HostPort;
import io.harborgateway.config.values.LogFormat;
import io.harborgateway.config.values.LogLevel;
import io.harborgateway.config.values.Protocol;
import io.harborgateway.config.values.Secret;
import io.harborgateway.config.values.TlsProfile;
import io.harborgateway.config.values.Transport;
import io.harborgateway.config.values.WhenDown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a key is that is not written, and what is made of those that are. */
final class DefaultsTest {
  @TempDir Path folder;

  @Test
  void sectionsThatAreNotWritten() {
    GatewayConfig config = new Loading(folder).config(Loading.BASE);
    assertThat(config.node())
        .isEqualTo(
            new NodeConfig(
                null, null, 0, Transport.AUTO, Duration.ofSeconds(5), Duration.ofSeconds(900)));
    assertThat(config.http())
        .isEqualTo(
            new HttpConfig(
                List.of(),
                new ByteSize(64 << 10),
                new ByteSize(16 << 10),
                200,
                null,
                new ByteSize(128),
                ForwardedClientCert.ALWAYS_FORWARD,
                ClientCertForm.RAW));
    assertThat(config.tls())
        .isEqualTo(
            new TlsConfig(
                TlsProfile.INTERMEDIATE, List.of(), List.of(), List.of(), List.of(), null));
    assertThat(config.limits()).isEqualTo(new LimitsConfig(10_000, 0, 20, 0, 0));
    assertThat(config.admin()).isEqualTo(new AdminConfig("127.0.0.1", 8070, List.of(), null));
    assertThat(config.logging())
        .isEqualTo(
            new LoggingConfig(
                LogFormat.TEXT,
                LogLevel.INFO,
                new AccessLogConfig(AccessLogFormat.COMBINED, null, 8192)));
    assertThat(config.registration()).isNull();
  }

  @Test
  void listenerAndUpstream() {
    ListenerConfig listener = new Loading(folder).config(Loading.BASE).listeners().getFirst();
    assertThat(listener)
        .isEqualTo(
            new ListenerConfig(
                "web",
                "0.0.0.0",
                8443,
                Protocol.HTTPS,
                new UpstreamConfig(
                    HostPort.of("127.0.0.1:443"),
                    null,
                    Duration.ofSeconds(5),
                    64,
                    Duration.ofSeconds(60),
                    new HealthCheckConfig(
                        HealthCheckKind.AUTO,
                        "/v2/",
                        null,
                        List.of(200, 401),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        2,
                        2,
                        Duration.ofSeconds(60))),
                new TimeoutsConfig(
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(900),
                    Duration.ofSeconds(900)),
                WhenDown.AUTO,
                null));
  }

  @Test
  void routeOfTheFirstHttpsListener() {
    RegistrationConfig registration =
        new Loading(folder)
            .config(
                Loading.BASE
                    + """
                    registration:
                      servers: ["nats://n:4222"]
                      user: u
                      password: {env: SET}
                    """)
            .registration();
    assertThat(registration).isNotNull();
    assertThat(registration.interval()).isEqualTo(Duration.ofSeconds(20));
    assertThat(registration.routes())
        .extracting(AnnouncedRouteConfig::listener, AnnouncedRouteConfig::instanceIndex)
        .containsExactly(tuple("web", 0));
    assertThat(registration.password()).isEqualTo(Secret.of("from the environment"));
    assertThat(registration.toString()).doesNotContain("from the environment");
  }

  @Test
  void secretOfAFileWithoutItsLineEnd() {
    RegistrationConfig registration =
        new Loading(folder)
            .file("secret", " s p \r\n")
            .config(
                Loading.BASE
                    + "registration: {servers: [\"tls://n:4222\"], token: {file: secret}}\n")
            .registration();
    assertThat(registration).isNotNull();
    assertThat(registration.token()).isNotNull().extracting(Secret::value).isEqualTo(" s p ");
  }

  @Test
  void filesAreThoseNextToTheConfiguration() {
    InstanceConfig instance = new Loading(folder).config(Loading.BASE).instances().getFirst();
    assertThat(requireNonNull(instance.certificate()).chain())
        .isEqualTo(folder.resolve("chain.pem"));
  }

  @Test
  void sectionsWithoutAFile() {
    assertThat(Sections.defaults(LimitsConfig.class))
        .isEqualTo(new LimitsConfig(10_000, 0, 20, 0, 0));
    assertThatThrownBy(() -> Sections.defaults(ListenerConfig.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has required keys");
  }

  @Test
  void problemsFoundLaterStillHaveTheirPlace() {
    Loading loading = new Loading(folder);
    ConfigSource source = loading.load(Loading.BASE).source();
    assertThat(
            loading.shown(
                List.of(
                    source.problem("instances[0].certificate.chain", "expired", "valid"),
                    source.problem("listeners[0].timeouts.idle", "x", "y"),
                    source.problem("admin.port", "x", "y"))))
        .containsExactly(
            "gateway.yml:4:26: instances[0].certificate.chain: expired (expected: valid)",
            "gateway.yml:6:5: listeners[0].timeouts.idle: x (expected: y)",
            "gateway.yml:1:1: admin.port: x (expected: y)");
  }

  /** Above the 3 MiB that the YAML parser allows by itself. */
  @Test
  void manyInstancesInAFileOfSomeMebibytes() {
    var yaml = new StringBuilder("instances:\n");
    for (int i = 0; i < 2_000; i++) {
      yaml.append("# ").append("x".repeat(2_000)).append("\n");
      yaml.append("  - guid: 00000000-0000-0000-0000-%012d%n".formatted(i))
          .append("    domain: a-domain-of-some-length.registry.example.com\n")
          .append("    additional-routes: [harbor, images]\n")
          .append("    certificate: {chain: chain.pem, key: key.pem}\n");
    }
    yaml.append(Loading.BASE.substring(Loading.BASE.indexOf("listeners:")));
    assertThat(new Loading(folder).config(yaml.toString()).instances()).hasSize(2_000);
  }

  @Test
  void warnings() {
    Loading loading = new Loading(folder);
    String yaml =
        Loading.base("\"127.0.0.1:443\"", "\"127.0.0.1:443\", tls: {insecure: true}")
            + "admin: {address: 0.0.0.0}\n";
    assertThat(loading.shown(loading.load(yaml).warnings()))
        .containsExactly(
            "gateway.yml:9:58: listeners[0].upstream.tls.insecure: true"
                + " (expected: ca or pin; as it stands any upstream is believed)",
            "gateway.yml:10:18: admin.address: \"0.0.0.0\" (expected: a loopback address;"
                + " whoever reaches this one sees metrics and status)");
  }

  /** So that a number is never cut when it becomes an int, and every default can be read. */
  @Test
  void everyNumberHasBoundsAndEveryDefaultFits() {
    assertThat(
            Set.of(
                Sections.defaults(NodeConfig.class),
                Sections.defaults(TimeoutsConfig.class),
                Sections.defaults(HttpConfig.class),
                Sections.defaults(LimitsConfig.class),
                Sections.defaults(AdminConfig.class),
                Sections.defaults(LoggingConfig.class)))
        .hasSize(6);
    ConfigReference.markdown()
        .lines()
        .filter(line -> line.contains("| integer"))
        .forEach(line -> assertThat(line).containsPattern("integer, [0-9]+ to [0-9]+ "));
  }
}
