package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.GatewayConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDiffTest {
  private static final String BASE =
      """
      listeners:
        - {name: one, port: 1001, protocol: tcp, upstream: {address: "127.0.0.1:80"}}
        - {name: two, port: 1002, protocol: tcp, upstream: {address: "127.0.0.1:80"}}
      """;

  /** Goes behind the base: one more listener, which can be announced, and an instance. */
  private static final String WEB =
      """
        - {name: web, port: 1004, protocol: http, upstream: {address: "127.0.0.1:80"}}
      instances:
        - guid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
          domain: a.test
          certificate: {chain: CHAIN, key: CHAIN}
      """;

  @TempDir private Path folder;

  private GatewayConfig load(String yaml) throws Exception {
    Files.writeString(folder.resolve("CHAIN"), "");
    Path file = Files.writeString(folder.resolve("gateway.yml"), yaml);
    return ConfigLoader.load(file, Map.of()).config();
  }

  private List<String> between(String before, String after) throws Exception {
    return ConfigDiff.between(load(before), load(after)).stream()
        .map(ConfigChange::toString)
        .toList();
  }

  @Test
  void theSameHasNoDifference() throws Exception {
    assertThat(between(BASE, "# a comment\n" + BASE)).isEmpty();
  }

  @Test
  void elementsAreKnownByTheirNamesWhereverTheyStand() throws Exception {
    String moved =
        """
        listeners:
          - {name: three, port: 1003, protocol: tcp, upstream: {address: "127.0.0.1:80"}}
          - {name: two, port: 1002, protocol: tcp, upstream: {address: "127.0.0.1:81"}}
        """;

    assertThat(between(BASE, moved))
        .containsExactly(
            "removed: listeners[one]",
            "added: listeners[three]",
            "changed: listeners[two].upstream.address: 127.0.0.1:80 -> 127.0.0.1:81");
  }

  @Test
  void valuesAreShownAsTheyAreWritten() throws Exception {
    assertThat(
            between(
                BASE + WEB,
                BASE
                    + WEB
                    + """
                    node: {drain-delay: 90s}
                    http: {trusted-proxies: [10.0.0.0/8], max-head-size: 32KiB}
                    registration: {servers: ["nats://h:4222"], routes: [{listener: web}]}
                    """))
        .contains(
            "changed: node.drain-delay: 5s -> 90s",
            "changed: http.max-head-size: 64KiB -> 32KiB",
            "added: registration");
  }

  @Test
  void whatNeedsARestartSaysSo() throws Exception {
    var changes =
        ConfigDiff.between(load(BASE), load(BASE + "node: {event-loops: 3, drain-delay: 9s}\n"));

    assertThat(changes.stream().filter(ConfigChange::needsRestart).map(ConfigChange::path))
        .containsExactly("node.event-loops");
    assertThat(ConfigDiff.between(load(BASE), load(BASE + "admin: {port: 9}\n")))
        .singleElement()
        .matches(ConfigChange::needsRestart);
  }

  @Test
  void secretsAreNotShown() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "first");
    Path two = Files.writeString(folder.resolve("two"), "second");
    String yaml =
        BASE
            + WEB
            + "registration: {servers: [\"nats://h:4222\"], routes: [{listener: web}],"
            + " token: {file: %s}}\n";

    assertThat(between(yaml.formatted(one), yaml.formatted(two)))
        .containsExactly("changed: registration.token: <secret> -> <secret>");
  }
}
