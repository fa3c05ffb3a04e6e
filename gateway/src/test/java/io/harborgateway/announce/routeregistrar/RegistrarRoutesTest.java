package io.harborgateway.announce.routeregistrar;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and scripts together: which routes are wanted. */
class RegistrarRoutesTest {
  @TempDir Path folder;

  /** {@code name wanted}, in order. */
  private final List<String> told = new CopyOnWriteArrayList<>();

  private final List<String> reasons = new CopyOnWriteArrayList<>();
  private Path state;
  private Path runs;

  @BeforeEach
  void makeScript() throws IOException {
    state = Files.writeString(folder.resolve("state"), "0");
    runs = folder.resolve("runs");
    Path script =
        Files.writeString(
            folder.resolve("check"),
            "#!/bin/sh\necho run >> %s\necho broken\nexit $(cat %s)\n".formatted(runs, state));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aRouteIsWantedWhileItsScriptSucceeds() throws Exception {
    try (var routes = routes(checked("harbor"))) {
      assertThat(told).isEmpty();
      routes.start();
      awaitTold("harbor false", "harbor true");
      assertThat(reasons.getFirst()).isEqualTo("its health script has not run yet");
      Files.writeString(state, "7");
      awaitTold("harbor false", "harbor true", "harbor false");
      assertThat(reasons.getLast())
          .isEqualTo("health script \"harbor-check\" exited with 7: broken");
      Files.writeString(state, "0");
      awaitTold("harbor false", "harbor true", "harbor false", "harbor true");
    }
  }

  @Test
  void aScriptThatFailsFromTheBeginIsToldOnce() throws Exception {
    Files.writeString(state, "1");
    try (var routes = routes(checked("harbor"))) {
      routes.start();
      awaitTold("harbor false", "harbor false");
      Await.until("two runs", () -> Files.readAllLines(runs).size() >= 2);
    }
    assertThat(told).hasSize(2);
    assertThat(reasons.getLast()).contains("exited with 1");
  }

  @Test
  void aRouteWithoutAScriptIsWantedAtOnce() throws Exception {
    try (var routes = routes(plain("harbor"))) {
      routes.start();
      awaitTold("harbor true");
    }
  }

  @Test
  void aRouteOfAGlobsFileIsWithdrawnWithItAndItsScriptEnds() throws Exception {
    try (var routes = routes(plain("harbor"))) {
      routes.start();
      awaitTold("harbor true");
      Path file =
          Files.writeString(
              folder.resolve("more.yml"),
              """
              routes:
              - name: more
                port: 8080
                uris: [a]
                registration_interval: 100ms
                health_check: {name: more-check, script_path: %s/check}
              """
                  .formatted(folder));
      Await.until("the script", () -> Files.exists(runs));
      Files.delete(file);
      Await.until("it is withdrawn", () -> reasons.getLast().startsWith("in none of"));
      assertThat(told.getLast()).isEqualTo("more gone");

      // The thread that tells of this one has waited for the script's end.
      add("second");
      int before = Files.readAllLines(runs).size();
      add("third");
      assertThat(Files.readAllLines(runs)).hasSize(before);
    }
  }

  private void add(String name) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yml"),
        "routes: [{name: %s, port: 1, uris: [a], registration_interval: 1s}]".formatted(name));
    Await.until(name + " is wanted", () -> told.contains(name + " true"));
  }

  @Test
  void nothingIsToldAfterTheClose() throws Exception {
    var routes = routes(checked("harbor"));
    routes.start();
    awaitTold("harbor false", "harbor true");
    routes.close();
    int before = Files.readAllLines(runs).size();
    Files.writeString(state, "1");
    try (var others = routes(checked("other"))) {
      others.start();
      Await.until("two runs of the other", () -> Files.readAllLines(runs).size() > before + 1);
    }
    assertThat(told.subList(2, told.size())).allMatch(event -> event.startsWith("other"));
  }

  private RegistrarRoutes routes(String json) throws IOException, ConfigException {
    Path settings =
        Files.writeString(
            folder.resolve("registrar_settings.json"),
            """
            {
              "host": "10.0.0.5",
              "message_bus_servers": [{"host": "nats:4222"}],
              "routes": [%s],
              "dynamic_config_globs": ["%s/*.yml"]
            }
            """
                .formatted(json, folder));
    return new RegistrarRoutes(
        RegistrarSettings.read(settings),
        ScriptEnvironment.of(System.getenv(), List.of()),
        new RegistrarRoutes.Observer() {
          @Override
          public void route(RegistrarRoute route, boolean wanted, String reason) {
            reasons.add(reason);
            told.add(route.name() + " " + wanted);
          }

          @Override
          public void gone(RegistrarRoute route, String reason) {
            reasons.add(reason);
            told.add(route.name() + " gone");
          }

          @Override
          public void complete() {
            // RegistrarFilesTest has when
          }
        });
  }

  private static String plain(String name) {
    return """
    {"name": "%s", "port": 80, "uris": ["a"], "registration_interval": "100ms"}\
    """
        .formatted(name);
  }

  /** The timeout must be below the interval, and ample for a busy machine. */
  private String checked(String name) {
    return """
    {
      "name": "%1$s",
      "port": 80,
      "uris": ["a"],
      "registration_interval": "2s",
      "health_check": {
        "name": "%1$s-check",
        "script_path": "%2$s/check",
        "timeout": "1900ms"
      }
    }\
    """
        .formatted(name, folder);
  }

  private void awaitTold(String... expected) {
    Await.until(List.of(expected) + ", not " + told, () -> told.equals(List.of(expected)));
  }
}
