package io.harborgateway.config.load;

import io.harborgateway.config.GatewayConfig;
import io.harborgateway.config.binding.Key;
import io.harborgateway.config.binding.ScalarType;
import io.harborgateway.config.binding.SecretReference;
import io.harborgateway.config.binding.SectionType;
import io.harborgateway.config.binding.ValueType;
import io.harborgateway.config.meta.Range;
import io.harborgateway.config.yaml.SourceNode.Kind;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The JSON Schema (2020-12) of the configuration file, for editors. Generated from the records; it
 * covers each key by itself, while the loader also checks keys against each other.
 */
public final class ConfigSchema {
  private static final JsonMapper JSON = new JsonMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Map<String, ObjectNode> definitions = new TreeMap<>();

  private ConfigSchema() {}

  /** The schema's text, indented, with a final line break. */
  public static String json() {
    return new ConfigSchema().text();
  }

  private String text() {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "harbor-gateway configuration");
    schema.setAll(section(SectionType.of(GatewayConfig.class)));
    ObjectNode sections = schema.putObject("$defs");
    definitions.forEach(sections::set);
    var printer = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    return JSON.writer().with(printer).writeValueAsString(schema) + "\n";
  }

  private ObjectNode section(SectionType type) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("description", type.doc());
    schema.put("type", "object");
    ObjectNode properties = JSON.createObjectNode();
    for (Key key : type.keys()) {
      properties.set(key.name(), property(key));
    }
    schema.set("properties", properties);
    var required = type.keys().stream().filter(Key::required).map(Key::name).toList();
    if (!required.isEmpty()) {
      required.forEach(schema.putArray("required")::add);
    }
    schema.put("additionalProperties", false);
    if (type.record() == SecretReference.class) {
      schema.put("minProperties", 1).put("maxProperties", 1); // exactly one of its keys
    }
    return schema;
  }

  private ObjectNode property(Key key) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("description", key.doc());
    schema.setAll(value(key.type()));
    if (key.notEmpty()) {
      schema.put("minItems", 1);
    }
    if (key.defaultText() != null) {
      schema.set("default", YAML.readTree(key.defaultText()));
    }
    return schema;
  }

  private ObjectNode value(ValueType type) {
    return switch (type) {
      case ValueType.Single single -> single(single.scalar());
      case ValueType.Section nested -> reference(nested.type());
      case ValueType.SecretPlace secret -> reference(SecretReference.class);
      case ValueType.Items items -> {
        ObjectNode schema = JSON.createObjectNode().put("type", "array");
        schema.set("items", value(items.element()));
        if (!items.orOne()) {
          yield schema;
        }
        ObjectNode either = JSON.createObjectNode();
        either.putArray("anyOf").add(value(items.element())).add(schema);
        yield either;
      }
      case ValueType.TextMap map -> {
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        schema.set("additionalProperties", single(map.value()));
        yield schema;
      }
    };
  }

  private ObjectNode reference(Class<? extends Record> record) {
    SectionType type = SectionType.of(record);
    if (!definitions.containsKey(type.name())) {
      definitions.put(type.name(), JSON.createObjectNode()); // ends a recursion, if there is one
      definitions.put(type.name(), section(type));
    }
    return JSON.createObjectNode().put("$ref", "#/$defs/" + type.name());
  }

  private static ObjectNode single(ScalarType type) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("type", jsonType(type.kind()));
    if (type.pattern() != null) {
      schema.put("pattern", type.pattern());
    }
    if (!type.choices().isEmpty()) {
      type.choices().forEach(schema.putArray("enum")::add);
    }
    Range range = type.range();
    if (range != null && (type.kind() == Kind.INTEGER || type.kind() == Kind.DECIMAL)) {
      schema.put("minimum", new BigDecimal(range.min()));
      if (!range.max().isEmpty()) {
        schema.put("maximum", new BigDecimal(range.max()));
      }
    } else if (range != null) {
      schema.put("$comment", "Range: " + ScalarType.rangeText(range)); // no keyword for texts
    }
    return schema;
  }

  private static String jsonType(Kind kind) {
    return switch (kind) {
      case INTEGER -> "integer";
      case DECIMAL -> "number";
      case BOOLEAN -> "boolean";
      default -> "string";
    };
  }
}
