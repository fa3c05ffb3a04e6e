package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.harborgateway.announce.routeregistrar.HttpRoute.Backend;
import io.harborgateway.announce.routeregistrar.TcpRoute.FrontendTls;
import io.harborgateway.config.RouteOptionsConfig;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.values.LoadBalancing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML as yaml.v3 reads it for route_registrar. */
class DynamicFileTest {
  @TempDir Path folder;

  @Test
  void readsRoutesOfBothKinds() throws Exception {
    DynamicFile file =
        read(
            """
            ---
            routes:
            - name: some-route
              port: 8080
              tls_port: 8443
              server_cert_domain_san: some.service.internal
              tags:
                component: some
                shard: 7
              uris:
              - some.example.com
              - some.example.com/path
              route_service_url: https://rs.example.com
              protocol: http1
              registration_interval: 10s
              health_check:
                name: some-check
                script_path: /path/to/check
                timeout: 5s
              options:
                loadbalancing: round-robin
            - type: tcp
              host: 10.0.0.9
              port: 5000
              external_port: 61445
              router_group: some-group
              registration_interval: 2s
              alpns: [h2]
              terminate_frontend_tls: yes
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.warnings()).isEmpty();
    assertThat(routes(file))
        .containsExactly(
            new HttpRoute(
                "some-route",
                new Backend("10.0.0.5", 8080, 8443, "some.service.internal", false),
                List.of("some.example.com", "some.example.com/path"),
                Map.of("component", "some", "shard", "7"),
                "https://rs.example.com",
                new RouteOptionsConfig(LoadBalancing.ROUND_ROBIN, null, null, null),
                Duration.ofSeconds(10),
                new ScriptCheck("some-check", "/path/to/check", Duration.ofSeconds(5))),
            new TcpRoute(
                "",
                "some-group",
                61445,
                "10.0.0.9",
                5000,
                new FrontendTls(null, null, true, false, List.of("h2")),
                Duration.ofSeconds(2),
                null));
  }

  /** Ruby's YAML.dump writes aliases where an object is in two places. */
  @Test
  void followsAliasesAndMerges() throws Exception {
    DynamicFile file =
        read(
            """
            defaults: &defaults {port: 0x1F90, registration_interval: 10s, tags: &tags {a: b}}
            routes:
            - <<: *defaults
              name: one
              uris: &uris [one.example.com]
            - <<: [*defaults]
              name: two
              port: 81
              uris: *uris
              tags: *tags
            """);

    assertThat(file.problems()).isEmpty();
    assertThat(file.warnings())
        .extracting(Problem::path, Problem::line)
        .containsExactly(tuple("defaults", 1));
    assertThat(routes(file)).hasSize(2);
    assertThat(routes(file))
        .extracting(route -> ((HttpRoute) route).backend().port())
        .containsExactly(8080, 81);
    assertThat(routes(file))
        .extracting(route -> ((HttpRoute) route).tags())
        .containsOnly(Map.of("a", "b"));
  }

  /** A template writes one for each route of a node with many. */
  @Test
  void mayHaveThousandsOfAliases() throws Exception {
    var yaml =
        new StringBuilder("x: &check {name: c, script_path: /c}\ny: &tags {a: b}\nroutes:\n");
    for (int i = 0; i < 3000; i++) {
      yaml.append("- {name: r%1$d, uris: [r%1$d.example.com], port: 80".formatted(i))
          .append(", registration_interval: 10s, health_check: *check, tags: *tags}\n");
    }
    DynamicFile file = read(yaml.toString());
    assertThat(file.problems()).isEmpty();
    assertThat(routes(file)).hasSize(3000);
  }

  /** Two to the power of 40 values in a few lines: whoever walked them would never end. */
  @ParameterizedTest
  @ValueSource(
      strings = {"*l%1$d, *l%1$d", "{a: *l%1$d, b: *l%1$d}", "{<<: {a: *l%1$d}, b: *l%1$d}"})
  void isUnusableWhenAliasesStandForTooMuch(String next) throws Exception {
    var yaml = new StringBuilder("l0: &l0 [lol]\n");
    for (int level = 1; level <= 40; level++) {
      yaml.append("l%d: &l%d [%s]\n".formatted(level, level, next.formatted(level - 1)));
    }
    assertThat(read(yaml + "routes: *l40\n").problems())
        .extracting(Problem::found)
        .containsExactly("aliases that stand for more than 400000 values");
  }

  /** A mapping that is merged is copied, key by key. */
  @Test
  void isUnusableWhenMergesStandForTooMuch() throws Exception {
    var yaml = new StringBuilder("x: &x {");
    for (int i = 0; i < 10_000; i++) {
      yaml.append("k%d: 1, ".formatted(i));
    }
    yaml.append("}\nroutes: [").repeat("{<<: *x}, ", 10_000).append("]\n");
    assertThat(read(yaml.toString()).problems())
        .extracting(Problem::found)
        .containsExactly("aliases that stand for more than 400000 values");
  }

  @Test
  void aMergeAddsOnlyWhatIsNotThere() throws Exception {
    DynamicFile file =
        read(
            """
            a: &a {port: 81, host: a, registration_interval: 10s}
            b: &b {port: 82, host: b, uris: [b.example.com]}
            routes:
            - <<: [*a, *b]
              name: one
              port: 80
            """);
    assertThat(file.problems()).isEmpty();
    var route = (HttpRoute) routes(file).getFirst();
    assertThat(route.backend().port()).isEqualTo(80);
    assertThat(route.host()).isEqualTo("a");
    assertThat(route.uris()).containsExactly("b.example.com");
  }

  @Test
  void readsTheFirstDocumentOnly() throws Exception {
    assertThat(routes(read(route("one") + "---\n" + route("two"))))
        .extracting(RegistrarRoute::name)
        .containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "---\n", "# nothing\n", "routes:\n", "routes: []\n", "{}\n"})
  void mayHaveNoRoutes(String yaml) throws Exception {
    DynamicFile file = read(yaml);
    assertThat(file.entries()).isNotNull().isEmpty();
    assertThat(file.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "invalid",
        "- name: a list\n",
        "routes: {}\n",
        "routes: none\n",
        "routes: [\n",
        "routes:\n  - a: 1\n - b\n",
        "routes: *none\n",
        "routes: &a [*a]\n",
        "routes: []\nroutes: []\n",
        "routes: []\n[a]: b\n",
        "routes: []\n<<: 1\n",
        "\tx: y\n",
        "a: \u0007\n",
      })
  void isUnusableAsAWhole(String yaml) throws Exception {
    DynamicFile file = read(yaml);
    assertThat(file.entries()).isNull();
    assertThat(file.problems()).hasSize(1);
    assertThat(file.problems().getFirst().line()).isPositive();
  }

  @Test
  void isUnusableWhenAnAliasIsInsideOfItself() throws Exception {
    assertThat(read("routes: &a [*a]\n").problems())
        .extracting(Problem::found)
        .containsExactly("an alias inside of what it stands for");
  }

  @Test
  void isUnusableWhenItIsNotUtf8() throws Exception {
    Path path = folder.resolve("config.yml");
    Files.write(path, "routes: [] # \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    DynamicFile file = DynamicFile.read(path, "");
    assertThat(file.entries()).isNull();
    assertThat(file.problems())
        .extracting(Problem::toString)
        .containsExactly(path + ": not UTF-8 (expected: a readable YAML file)");
  }

  @Test
  void isUnusableWhenItNestsWithoutEnd() throws Exception {
    assertThat(read("[".repeat(200_000)).entries()).isNull();
  }

  @Test
  void isUnusableWhenItIsHuge() throws Exception {
    DynamicFile file = read("#".repeat(InputText.LARGEST + 1));
    assertThat(file.entries()).isNull();
    assertThat(file.problems()).extracting(Problem::found).containsExactly("more than 4 MiB");
  }

  @Test
  void aBadRouteLeavesTheOthers() throws Exception {
    DynamicFile file =
        read(
            """
            routes:
            - name: one
              port: 8080
              uris: [one.example.com]
              registration_interval: 10s
            - name: two
              port: 65536
              uris: [two.example.com]
              registration_interval: 10s
            - 5
            - name: one
              port: 8081
              uris: [one.example.com]
              registration_interval: 10s
            """);

    assertThat(file.entries())
        .extracting(DynamicFile.Entry::key)
        .containsExactly("one#1", "two#1", "#1", "one#2");
    assertThat(routes(file)).extracting(RegistrarRoute::name).containsExactly("one", "one");
    assertThat(file.problems())
        .extracting(problem -> problem.toString().replace(folder + "/", ""))
        .containsExactly(
            "config.yml:7:9: routes[1].port: 65536 (expected: a whole number, 1 to 65535)",
            "config.yml:10:3: routes[2]: 5 (expected: an object)");
  }

  @Test
  void aRouteNeedsAHostFromSomewhere() throws Exception {
    Files.writeString(folder.resolve("config.yml"), route("one"));
    DynamicFile file = DynamicFile.read(folder.resolve("config.yml"), "");
    assertThat(file.problems())
        .extracting(Problem::path, Problem::found)
        .containsExactly(tuple("routes[0].host", "missing"));
  }

  private static String route(String name) {
    return """
    routes:
    - name: %s
      port: 8080
      uris: [%s.example.com]
      registration_interval: 10s
    """
        .formatted(name, name);
  }

  private DynamicFile read(String yaml) throws IOException {
    return DynamicFile.read(Files.writeString(folder.resolve("config.yml"), yaml), "10.0.0.5");
  }

  private static List<RegistrarRoute> routes(DynamicFile file) {
    List<RegistrarRoute> routes = new ArrayList<>();
    for (DynamicFile.Entry entry : Objects.requireNonNull(file.entries())) {
      RegistrarRoute route = entry.route();
      if (route != null) {
        routes.add(route);
      }
    }
    return routes;
  }
}
