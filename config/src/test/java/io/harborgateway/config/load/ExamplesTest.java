package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.ListenerConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.binding.Key;
import io.harborgateway.config.binding.Problem;
import io.harborgateway.config.binding.SectionType;
import io.harborgateway.config.binding.ValueType;
import io.harborgateway.config.values.HostName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples load, fit the schema, and the full one is full. */
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");
  private static final Pattern NAMED_FILE =
      Pattern.compile("(?:tls|secrets)/[a-z-]+(?:\\.pem|\\.key|)(?=\\s)");

  @TempDir Path folder;

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      List<Path> examples = files.filter(f -> f.toString().endsWith(".yml")).sorted().toList();
      assertThat(examples).hasSize(3);
      return examples;
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void loads(Path example) throws Exception {
    LoadedConfig loaded = load(example);
    assertThat(loaded.config().instances()).isNotEmpty();
    assertThat(loaded.config().listeners()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void fitsTheSchema(Path example) throws IOException {
    assertThat(schemaErrors(Files.readString(example))).isEmpty();
  }

  @Test
  void theSchemaRefusesWhatItCanSay() {
    assertThat(
            schemaErrors(
                """
                listeners:
                  - {name: a, port: 70000, protocol: udp, upstream: {address: b}, colour: red}
                node: {drain-delay: 20}
                """))
        .hasSize(5);
  }

  @Test
  void theLaboratoryListenerIsWarnedAbout() throws Exception {
    assertThat(load(EXAMPLES.resolve("full.yml")).warnings())
        .extracting(Problem::path, Problem::found)
        .containsExactly(tuple("listeners[2].upstream.tls.insecure", "true"));
  }

  @Test
  void theFullExampleHasEveryKey() throws IOException {
    String text = Files.readString(EXAMPLES.resolve("full.yml"));
    var missing = new TreeSet<String>();
    collectMissing(SectionType.of(GatewayConfig.class), text, missing);
    assertThat(missing).isEmpty();
  }

  private static void collectMissing(SectionType section, String text, Set<String> missing) {
    for (Key key : section.keys()) {
      if (!Pattern.compile("(?m)^[ #-]*" + key.name() + ":").matcher(text).find()) {
        missing.add(section.name() + "." + key.name());
      }
      ValueType type = key.type() instanceof ValueType.Items items ? items.element() : key.type();
      if (type instanceof ValueType.Section nested) {
        collectMissing(SectionType.of(nested.type()), text, missing);
      }
    }
  }

  @Test
  void theNodeExampleAnnouncesItsHttpsListener() throws Exception {
    GatewayConfig config = load(EXAMPLES.resolve("harbor-app-node.yml")).config();
    assertThat(config.listeners()).extracting(ListenerConfig::port).containsExactly(80, 443, 4443);
    assertThat(config.instances().getFirst().names())
        .extracting(HostName::value)
        .containsExactly(
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.registry.example.com",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.harbor.registry.example.com",
            "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.images.registry.example.com");
  }

  /** Loads a copy, next to which the files that it names exist. */
  private LoadedConfig load(Path example) throws IOException, ConfigException {
    String text = Files.readString(example);
    Path copy = Files.writeString(folder.resolve("gateway.yml"), text);
    var named = NAMED_FILE.matcher(text);
    while (named.find()) {
      Path file = folder.resolve(named.group());
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, "for tests");
    }
    Files.createDirectories(folder.resolve("instances.d"));
    return ConfigLoader.load(
        copy, Map.of("NATS_PASSWORD", "for tests", "BUCKET_PASSWORD", "for tests"));
  }

  private static List<Error> schemaErrors(String yaml) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ConfigSchema.json(), InputFormat.JSON);
    return schema.validate(yaml, InputFormat.YAML);
  }
}
