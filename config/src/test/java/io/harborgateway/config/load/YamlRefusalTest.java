package io.harborgateway.config.load;

import static io.harborgateway.config.load.Loading.BASE;
import static io.harborgateway.config.load.Loading.base;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.yaml.YamlDocument;
import io.harborgateway.config.yaml.YamlReader;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of YAML itself. */
final class YamlRefusalTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void open() {
    loading = new Loading(folder);
  }

  @Test
  void theBaseItselfLoads() {
    loading.assertRefused(BASE);
  }

  @Test
  void brokenSyntax() {
    loading.assertRefused(
        base("name: web", "name: web: site"),
        "gateway.yml:6:14: mapping values are not allowed here (expected: YAML 1.2)");
  }

  @Test
  void brokenSyntaxNeverQuotesTheFile() {
    loading.assertRefused(
        "registration:\n  password: 'hunter2\n",
        "gateway.yml:3:1: found unexpected end of stream (expected: YAML 1.2)");
  }

  @Test
  void controlCharacter() {
    loading.assertRefused(
        base("name: web", "name: w\u0001b"),
        "gateway.yml:6:12: a control character (U+0001) (expected: YAML 1.2)");
  }

  @Test
  void nestingWithoutEnd() {
    assertThat(loading.problems(loading.write("a: " + "[".repeat(100_000))))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("more than 100 levels", "(expected: YAML 1.2)");
  }

  @Test
  void unknownKeyWithWhatWasMeant() {
    loading.assertRefused(
        base("port: 8443", "prot: 8443"),
        "gateway.yml:7:5: listeners[0].prot: unknown key, did you mean port?"
            + " (expected: name, address, port, protocol, upstream, timeouts, when-down, client-auth)");
  }

  @Test
  void unknownKeyOfAnotherStyle() {
    loading.assertRefused(
        BASE + "node:\n  drain_delay: 1s\n",
        "gateway.yml:11:3: node.drain_delay: unknown key, did you mean drain-delay? (expected:"
            + " address, availability-zone, event-loops, transport, drain-delay, drain-timeout)");
  }

  @Test
  void unknownKeyLikeNoOther() {
    loading.assertRefused(
        BASE + "admin:\n  colour: red\n",
        "gateway.yml:11:3: admin.colour: unknown key (expected: address, port, hosts, socket)");
  }

  @Test
  void duplicateKey() {
    loading.assertRefused(
        base("    port: 8443\n", "    port: 8443\n    port: 8444\n"),
        "gateway.yml:8:5: listeners[0].port: a key that is already on line 7"
            + " (expected: each key once)");
  }

  @Test
  void anchor() {
    loading.assertRefused(
        base("port: 8443", "port: &p 8443"),
        "gateway.yml:7:11: listeners[0].port: a YAML anchor"
            + " (expected: a value without an anchor)");
    loading.assertRefused(
        base("certificate: {", "certificate: &c {"),
        "gateway.yml:4:18: instances[0].certificate: a YAML anchor"
            + " (expected: a value without an anchor)");
    loading.assertRefused(
        base("    port: 8443", "    &k port: 8443"),
        "gateway.yml:7:5: listeners[0].port: a YAML anchor"
            + " (expected: a value without an anchor)");
  }

  @Test
  void alias() {
    loading.assertRefused(
        base("port: 8443", "port: *p"),
        "gateway.yml:7:11: listeners[0].port: a YAML alias (*p) (expected: the value itself)");
  }

  @Test
  void tag() {
    loading.assertRefused(
        base("name: web", "name: !!str web"),
        "gateway.yml:6:11: listeners[0].name: a YAML tag (tag:yaml.org,2002:str)"
            + " (expected: a value without a tag)");
  }

  @Test
  void secondDocument() {
    loading.assertRefused(
        BASE + "---\nlisteners: []\n",
        "gateway.yml:11:1: a second YAML document (expected: one document)");
  }

  @Test
  void emptyFile() {
    loading.assertRefused("", "gateway.yml:1:1: an empty file (expected: a mapping of keys)");
  }

  @Test
  void onlyComments() {
    loading.assertRefused(
        "# nothing\n", "gateway.yml:1:1: an empty file (expected: a mapping of keys)");
  }

  @Test
  void rootThatIsNoMapping() {
    loading.assertRefused(
        "- a\n",
        "gateway.yml:1:1: a list (expected: a mapping with node, instances, catalogue,"
            + " instances-directory, instances-bucket, certs, listeners, http, tls, limits,"
            + " registration, watch, admin, logging)");
  }

  /** Each has the path of its key, which may be as long as the file. */
  @Test
  void faultsAndTheirPathsAreBounded() {
    int depth = 95;
    String text =
        IntStream.range(0, depth)
                .mapToObj(i -> "{k" + i + "x".repeat(300) + ": ")
                .collect(joining())
            + "{"
            + "a,".repeat(18_000)
            + "}".repeat(depth + 1);

    YamlDocument document = YamlReader.read(text);

    assertThat(document.faults()).hasSizeLessThanOrEqualTo(101);
    assertThat(document.faults().getLast().found()).isEqualTo("more than 100 faults");
    assertThat(document.faults())
        .allSatisfy(fault -> assertThat(fault.path()).hasSizeLessThan(600));
  }
}
