package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.Project;
import io.harborgateway.cli.Main;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The BOSH release: its structure; what its templates make of several manifests, which {@code
 * check} accepts; and its scripts. There is no BOSH here: Ruby renders, as the director does.
 */
@Timeout(300)
class BoshReleaseIT {
  private static final Path RELEASE = Project.root().resolve("packaging/bosh");
  private static final String GUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final String NAME = GUID + ".registry.test";

  /** What a command has done. */
  private record Outcome(int exitCode, String out, String err) {}

  @TempDir private Path folder;
  private Path variables;

  @BeforeEach
  void makeVariables() throws IOException {
    TestCertificates certificates =
        TestCertificates.in(Files.createDirectory(folder.resolve("certificates")));
    String ca = Files.readString(certificates.ca());
    Map<String, Object> values = new TreeMap<>();
    values.put("guid", GUID);
    values.put("domain", "registry.test");
    values.put("nginx_address", "172.18.0.10");
    values.put("nginx_server_name", "harbor.internal");
    values.put(
        "harbor_gateway_tls",
        pair(
            certificates.issue(
                NAME, GUID + ".harbor.registry.test", GUID + ".images.registry.test")));
    values.put("customer_tls", pair(certificates.issue("registry.customer.test")));
    values.put("nats_client_cert", pair(certificates.issue("nats-client")));
    for (String authority : List.of("harbor_nginx_ca", "routers_ca", "nats_ca", "routing_api_ca")) {
      values.put(authority, Map.of("certificate", ca));
    }
    variables =
        Files.writeString(
            folder.resolve("variables.json"), new JsonMapper().writeValueAsString(values));
  }

  private static Map<String, String> pair(TestCertificates.Issued issued) throws IOException {
    return Map.of(
        "certificate", Files.readString(issued.certificate()),
        "private_key", Files.readString(issued.key()));
  }

  private static String test(String file) {
    return RELEASE.resolve("test").resolve(file).toString();
  }

  private Command.Result render(Path job, String manifest, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of("ruby", test("render"), job.toString(), manifest, "-l", variables.toString()));
    command.addAll(List.of(options));
    return Command.run(command);
  }

  /** Renders a manifest of the tests; returns the configuration, which {@code check} accepts. */
  private String rendered(String manifest, String... options) throws IOException {
    Path job = folder.resolve("job");
    String file = manifest.startsWith("/") ? manifest : test("manifests/" + manifest);
    render(job, file, options).succeeded();
    Path config = job.resolve("config/gateway.yml");
    String text = Files.readString(config);
    Files.writeString(config, text.replace("/var/vcap/sys/log/harbor-gateway", folder.toString()));
    Outcome checked = check(config);
    assertThat(checked.exitCode()).as(checked.err() + text).isZero();
    return checked.out();
  }

  private static Outcome check(Path config) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute("check", "--config", config.toString());
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve("job").resolve(name));
  }

  @Test
  void itsPartsFitTogether() {
    var lint = Command.run(List.of("ruby", test("lint")));
    assertThat(lint.stdout() + lint.stderr()).isEmpty();
    assertThat(lint.exitCode()).isZero();
  }

  @Test
  void theOperationsPutItInThePlaceOfRouteRegistrar() throws Exception {
    String links = test("manifests/links.yml");
    String operations = RELEASE.resolve("operations/replace-route-registrar.yml").toString();
    String checked = rendered("a9s-harbor.yml", "-o", operations, "--links", links);
    assertThat(checked)
        .contains("listener https: https on 10.0.32.7:443 to 172.18.0.10:443 (TLS)")
        .contains(NAME)
        .contains("registration: every 20 s at [tls://10.0.16.5:4224, tls://10.0.16.6:4224]");
    assertThat(file("config/secrets/nats-password").strip()).isEqualTo("natSpa55w0rd");
    assertThat(file("config/bpm.yml"))
        .contains("NET_BIND_SERVICE", "ephemeral_disk: true", "open_files: 65536");
    assertThat(file("config/prom_scraper_config.yml"))
        .contains("port: 8070\n", "instance_id: 8a2b\n");
    assertThat(file("bin/post-start"))
        .contains("for port in 80 443; do", "wait --announced", "--timeout 60s");
    for (String script : List.of("pre-start", "post-start", "drain")) {
      Command.run(List.of("bash", "-n", folder.resolve("job/bin/" + script).toString()))
          .succeeded();
    }
  }

  @Test
  void eachPropertyReachesTheConfiguration() throws Exception {
    String checked = rendered("everything.yml");
    assertThat(checked)
        .contains("https on :::8443 to [fd00::10]:20443 (TLS)")
        .contains("listener notary: ", GUID + ".images.registry.test", "every 10 s");
    assertThat(file("config/secrets/nats-password")).isEqualTo("a: \"b' #c\n");
    assertThat(file("config/gateway.yml"))
        .contains("fleet-size: 40", "interval: 10s", "profile: modern", "max-connections: 5000")
        .contains("format: 'off'", "client: harbor", "sni: registry.customer.example");
    assertThat(file("bin/post-start")).contains("wait --ready").doesNotContain("iptables");
  }

  @Test
  void whatIsNotGivenComesFromTheLinks() throws Exception {
    String checked = rendered("links-only.yml", "--links", test("manifests/links.yml"));
    assertThat(checked)
        .contains("registry.customer.test", "at [nats://nats.service.cf.internal:4222]");
    assertThat(file("config/gateway.yml")).contains("ttl: 60s", "ca: tls/routing-api-ca.crt");
    assertThat(file("config/tls/routing-api-client.key")).contains("PRIVATE KEY");
  }

  /** NATS, nginx and the links may have addresses of IPv6, with brackets or without. */
  @Test
  void addressesOfIpv6HaveBracketsInUris() throws Exception {
    String given =
        changed(
            "everything.yml",
            "[nats-0.nats.service.internal, nats-1.nats.service.internal]",
            "[fd00::1, '[fd00::2]']",
            "address: fd00::10",
            "address: '[fd00::10]'");
    assertThat(rendered(given))
        .contains("at [tls://[fd00::1]:4224, tls://[fd00::2]:4224]")
        .contains("to [fd00::10]:20443 (TLS)");

    String links = changed("links.yml", "10.0.16.5", "'fd00::5'", "10.0.16.6", "nats.internal");
    String operations = RELEASE.resolve("operations/replace-route-registrar.yml").toString();
    assertThat(rendered("a9s-harbor.yml", "-o", operations, "--links", links))
        .contains("at [tls://[fd00::5]:4224, tls://nats.internal:4224]");
  }

  @Test
  void whatIsEmptyIsNotGiven() throws Exception {
    String given =
        changed(
            "links-only.yml",
            "nats: {",
            "nats: {machines: [], user: '', password: '', ",
            "      routing_api:",
            "      logging: {access_log: off}\n      routing_api:");
    assertThat(rendered(given, "--links", test("manifests/links.yml")))
        .contains("at [nats://nats.service.cf.internal:4222]");
    assertThat(file("config/gateway.yml"))
        .contains("user: nats", "format: 'off'")
        .doesNotContain("access.log");
  }

  /** Returns a manifest of the tests in which texts are replaced, each by the one after it. */
  private String changed(String manifest, String... texts) throws IOException {
    String text = Files.readString(Path.of(test("manifests/" + manifest)));
    for (int i = 0; i < texts.length; i += 2) {
      assertThat(text).contains(texts[i]);
      text = text.replace(texts[i], texts[i + 1]);
    }
    return Files.writeString(folder.resolve(manifest), text).toString();
  }

  @Test
  void withoutNatsNothingIsAnnounced() throws Exception {
    assertThat(rendered("alone.yml")).contains("registration: none");
    assertThat(file("config/gateway.yml")).doesNotContain("registration");
  }

  @Test
  void whatIsMissingOrContradictoryIsRefused() throws Exception {
    String alone = Files.readString(Path.of(test("manifests/alone.yml")));
    Path job = folder.resolve("job");
    Path manifest = folder.resolve("manifest.yml");

    Files.writeString(manifest, alone.replace("upstream: {address: 127.0.0.1, ", "upstream: {"));
    assertThat(render(job, manifest.toString()).stderr())
        .contains("Can't find property [\"upstream.address\"]");

    Files.writeString(manifest, alone.replace("wait_for: ready", "wait_for: luck"));
    assertThat(render(job, manifest.toString()).stderr())
        .contains("post_start.wait_for: luck (expected: announced, ready or nothing)");

    Files.writeString(
        manifest,
        alone.replace("domain: ((domain))", "public_host: other.test\n      domain: ((domain))"));
    render(job, manifest.toString()).succeeded();
    assertThat(check(job.resolve("config/gateway.yml")).exitCode()).as("pre-start").isEqualTo(64);
  }

  /** Such traffic goes past the gateway, which would look well. */
  @Test
  void aPortThatDockerForwardsStopsTheDeployment() throws Exception {
    rendered("alone.yml");
    Path iptables = folder.resolve("iptables");
    String forwarded =
        "-A DOCKER ! -i br-1 -p tcp -m tcp --dport 443 -j DNAT --to-destination 172.18.0.10:8443";
    Files.writeString(iptables, "#!/bin/sh\necho '" + forwarded + "'\n");
    Files.setPosixFilePermissions(iptables, PosixFilePermissions.fromString("rwxr-xr-x"));
    String script = here("bin/post-start", folder.resolve("nothing"));
    String path = "PATH=" + folder + ":" + System.getenv("PATH");

    var stopped = Command.run(List.of("env", path, "bash", "-c", script));
    assertThat(stopped.exitCode()).isEqualTo(1);
    assertThat(stopped.stderr())
        .startsWith("Docker forwards port 443 past the gateway: " + forwarded);

    Files.writeString(
        iptables,
        "#!/bin/sh\necho '" + forwarded.replace("! -i br-1", "-d 127.0.0.1/32 ! -i br-1") + "'\n");
    var passed = Command.run(List.of("env", path, "bash", "-c", script));
    assertThat(passed.exitCode()).as("there is no program to wait with").isEqualTo(127);
  }

  /** As BOSH compiles the package; then the job's own scripts, with the paths of this test. */
  @Test
  void thePackageIsUnpackedAndTheScriptsRunIt() throws Exception {
    Path sources = Files.createDirectories(folder.resolve("compile/harbor-gateway"));
    Path archive = Packages.tar();
    Files.copy(archive, sources.resolve(archive.getFileName()));
    Path installed = Files.createDirectory(folder.resolve("installed"));
    var compiled = compile(installed);
    assertThat(compiled.succeeded().stdout()).contains("harbor-gateway ");

    rendered("alone.yml");
    // With a JVM that has something to say, which it would say on standard output.
    var drained =
        Command.run(
            List.of(
                "env",
                "HARBOR_GATEWAY_JAVA_OPTS=-XX:+UseLargePages",
                "bash",
                "-c",
                here("bin/drain", installed)));
    assertThat(drained.exitCode()).as(drained.stderr()).isZero();
    assertThat(drained.stdout()).as("nothing runs").isEqualTo("0\n");
    assertThat(drained.stderr()).contains("UseLargePages", "not running: ");

    var late =
        Command.run(
            List.of("bash", "-c", here("bin/post-start", installed).replace("60s", "200ms")));
    assertThat(late.exitCode()).as(late.stderr()).isEqualTo(71);
    assertThat(late.stderr()).contains("no answer from the gateway");

    Files.copy(archive, sources.resolve("harbor-gateway-9-linux-" + arch(archive) + ".tar.gz"));
    var two = compile(installed);
    assertThat(two.exitCode()).isEqualTo(1);
    assertThat(two.stderr()).contains("2 archives (expected: one)");
  }

  private Command.Result compile(Path installed) {
    return Command.run(
        List.of(
            "env",
            "-C",
            folder.resolve("compile").toString(),
            "BOSH_INSTALL_TARGET=" + installed,
            "bash",
            RELEASE.resolve("packages/harbor-gateway/packaging").toString()),
        new byte[0],
        Duration.ofMinutes(1));
  }

  private static String arch(Path archive) {
    return archive.toString().replaceAll(".*-linux-(.*)\\.tar\\.gz", "$1");
  }

  /** The user vcap and the folder /var/vcap are not there. */
  private String here(String script, Path installed) throws IOException {
    return file(script)
        .replace("runuser -u vcap -- ", "")
        .replace("/var/vcap/packages/harbor-gateway", installed.toString())
        .replace("/var/vcap/jobs/harbor-gateway", folder.resolve("job").toString());
  }
}
