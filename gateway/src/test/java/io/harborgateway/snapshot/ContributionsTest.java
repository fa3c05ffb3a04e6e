package io.harborgateway.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.ConfigSource;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.load.ConfigLoader;
import io.harborgateway.config.load.LoadedConfig;
import io.harborgateway.source.BucketListing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the texts of sources comes into force. */
class ContributionsTest {
  private static final String ONE = "11111111-2222-3333-4444-555555555555";
  private static final String TWO = "22222222-2222-3333-4444-555555555555";
  private static final String REST = "\ncertificate: {chain: c, key: k}\n";

  @TempDir private Path folder;
  private LoadedConfig loaded;
  private final Map<String, String> values = new HashMap<>();
  private Map<String, Contribution> inForce = Map.of();
  private List<Problem> problems = List.of();
  private List<Problem> displaced = List.of();

  @BeforeEach
  void load() throws Exception {
    loaded = config("");
  }

  private LoadedConfig config(String more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("gateway.yml"),
            """
            instances-bucket: {name: b, state: s, servers: ["nats://127.0.0.1:1"]}
            listeners:
              - {name: https, address: 127.0.0.1, port: 1, protocol: https, upstream: {address: "127.0.0.1:2"}}
            """
                + more);
    return ConfigLoader.load(file, Map.of());
  }

  private void read() {
    GatewayConfig config = loaded.config();
    ConfigSource source = loaded.source();
    var contributions =
        new Contributions(
            config,
            inForce,
            new Claims(config, source, List.of()),
            (instance, isServed) -> List.of());
    contributions.read(new BucketListing("b", values, Map.of()).texts(folder));
    inForce = new LinkedHashMap<>(contributions.accepted());
    problems = new ArrayList<>(contributions.problems());
    displaced = contributions.displaced();
  }

  private static String instance(String guid, String routes) {
    return "guid: " + guid + "\ndomain: example.com\nadditional-routes: [" + routes + "]" + REST;
  }

  private static String alone(String guid, String name) {
    return "guid: " + guid + "\npublic-host: " + name + REST;
  }

  private List<String> names() {
    return inForce.values().stream()
        .flatMap(each -> each.instance().config().names().stream())
        .map(Object::toString)
        .toList();
  }

  @Test
  void twoExchangeTheirNamesAtOnce() {
    values.put("a", alone(ONE, "one.example.com"));
    values.put("b", alone(TWO, "two.example.com"));
    read();
    values.put("a", alone(ONE, "two.example.com"));
    values.put("b", alone(TWO, "one.example.com"));
    read();

    assertThat(problems).isEmpty();
    assertThat(names()).containsExactly("two.example.com", "one.example.com");
  }

  @Test
  void whoTakesANameThatIsServedKeepsWhatItHad() {
    values.put("a", alone(ONE, "one.example.com"));
    values.put("b", alone(TWO, "two.example.com"));
    read();
    values.put("a", alone(ONE, "two.example.com"));
    read();

    assertThat(names()).containsExactly("one.example.com", "two.example.com");
    assertThat(problems.toString())
        .contains("nats:b/a:2:14: public-host: two.example.com, as at nats:b/b:1:7");
  }

  /** Whoever comes first in the order of the keys. */
  @Test
  void whoStaysAsItWasKeepsItsNameFromOthersThatChange() {
    values.put("0b", alone(TWO, "b.example.com"));
    values.put("a", alone(ONE, "a.example.com"));
    values.put("c", alone("33333333-2222-3333-4444-555555555555", "c.example.com"));
    read();
    values.put("a", alone(ONE, "c.example.com")); // which is taken
    values.put("0b", alone(TWO, "a.example.com")); // which would be free
    read();

    assertThat(names()).containsExactly("b.example.com", "a.example.com", "c.example.com");
    assertThat(problems.toString())
        .contains("nats:b/a:2:14: public-host: c.example.com, as at nats:b/c:1:7")
        .contains("nats:b/0b:2:14: public-host: a.example.com, as at nats:b/a:1:7");
    assertThat(displaced).isEmpty();
  }

  @Test
  void aLongChainOfChangesEndsAndTakesNothingAway() {
    int count = 2_000;
    for (int i = 0; i < count; i++) {
      values.put("k%05d".formatted(i), alone(guid(i), "n" + i + ".example.com"));
    }
    read();
    for (int i = 0; i < count; i++) { // each wants its neighbour's, the last one a stranger's
      values.put("k%05d".formatted(i), alone(guid(i), "n" + (i + 1) + ".example.com"));
    }
    values.put("k%05d".formatted(count - 1), alone(guid(count - 1), "n0.example.com"));
    values.put("z", alone(guid(count), "n1.example.com"));
    read();
    assertThat(inForce).hasSizeGreaterThanOrEqualTo(count);

    values.put("k%05d".formatted(count - 1), "guid: none"); // keeps its own: all others must, too
    values.put("k00000", alone(guid(0), "n1.example.com"));
    read();
    assertThat(inForce).hasSizeGreaterThanOrEqualTo(count);
    assertThat(names()).doesNotHaveDuplicates();
  }

  private static String guid(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  @Test
  void anInstanceMovesToAnotherKey() {
    values.put("a", instance(ONE, ""));
    read();
    values.put("z", values.remove("a"));
    read();

    assertThat(problems).isEmpty();
    assertThat(inForce).containsOnlyKeys("nats:b/z");
  }

  @Test
  void theConfigurationMayNotEndWhatAnInstanceNeeds() throws Exception {
    values.put(
        "a",
        instance(ONE, "")
            + "upstreams: [{listener: other, upstream: {address: \"127.0.0.1:3\"}}]\n");
    read();
    assertThat(problems.toString()).contains("upstreams[0].listener: \"other\"");
    assertThat(displaced).isEmpty();

    LoadedConfig one = loaded;
    loaded =
        config(
            "  - {name: other, address: 127.0.0.1, port: 4, protocol: http,"
                + " upstream: {address: \"127.0.0.1:2\"}}\n");
    read();
    assertThat(inForce).hasSize(1);

    loaded = one;
    read();
    assertThat(displaced.toString()).contains("nats:b/a:5", "\"other\"");
  }

  @Test
  void ofOneBadTextSomeProblemsAreKept() {
    values.put("a", "x: 1\n".replace("x", "unknown") + unknownKeys(5_000));
    read();

    assertThat(problems).hasSize(Contributions.MOST_OF_ONE);
    assertThat(problems.getLast().toString())
        .isEqualTo("nats:b/a: and %d more problems".formatted(5_001 + 2 - 9));
  }

  @Test
  void ofManyBadTextsAThousandProblemsAreKept() {
    for (int i = 0; i < 2_000; i++) {
      values.put("k" + i, unknownKeys(20));
    }
    read();

    assertThat(problems).hasSize(Contributions.MOST_PROBLEMS);
  }

  @Test
  void allNamesTogetherAreBounded() {
    int each = 6_000;
    int room = Contributions.MOST_NAMES / (each + 1);
    for (int i = 0; i < room + 3; i++) {
      values.put("k" + (char) ('A' + i), many(i, each));
    }
    read();

    assertThat(inForce).hasSize(room);
    assertThat(problems).hasSize(3);
    assertThat(problems.getFirst().toString()).contains("more than 100000 names");
    read();
    assertThat(inForce).as("what is served stays").hasSize(room);
  }

  private static String many(int number, int routes) {
    var text = new StringBuilder();
    for (int i = 0; i < routes; i++) {
      text.append(i == 0 ? "" : ",").append('r').append(i);
    }
    return instance(guid(number), text.toString());
  }

  private static String unknownKeys(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("u").append(i).append(": 1\n");
    }
    return text.toString();
  }
}
