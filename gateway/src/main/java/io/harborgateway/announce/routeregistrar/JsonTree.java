package io.harborgateway.announce.routeregistrar;

import io.harborgateway.config.yaml.Mark;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Entry;
import io.harborgateway.config.yaml.SourceNode.Kind;
import io.harborgateway.config.yaml.SourceNode.Mapping;
import io.harborgateway.config.yaml.SourceNode.Scalar;
import io.harborgateway.config.yaml.SourceNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON into a tree with places, which Jackson's own trees don't keep. */
final class JsonTree {
  private static final JsonMapper JSON = new JsonMapper();

  private final JsonParser parser;

  private JsonTree(JsonParser parser) {
    this.parser = parser;
  }

  /** Parses the text; null, and reported, if it is not JSON. Reports never quote it. */
  static @Nullable SourceNode read(String text, Report report) {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        report.problem(Mark.START, "", "an empty file", "a JSON object");
        return null;
      }
      SourceNode root = new JsonTree(parser).node(first);
      if (parser.nextToken() != null) {
        report.problem(mark(parser.currentTokenLocation()), "", "more after the end", "one value");
        return null;
      }
      return root;
    } catch (JacksonException e) {
      report.problem(mark(e.getLocation()), "", syntax(e), "JSON");
      return null;
    }
  }

  private SourceNode node(JsonToken token) {
    Mark at = mark(parser.currentTokenLocation());
    return switch (token) {
      case START_OBJECT -> object(at);
      case START_ARRAY -> array(at);
      case VALUE_STRING -> new Scalar(at, Kind.TEXT, parser.getString());
      case VALUE_NUMBER_INT -> new Scalar(at, Kind.INTEGER, parser.getString());
      case VALUE_NUMBER_FLOAT -> new Scalar(at, Kind.DECIMAL, parser.getString());
      case VALUE_TRUE -> new Scalar(at, Kind.BOOLEAN, "true");
      case VALUE_FALSE -> new Scalar(at, Kind.BOOLEAN, "false");
      case VALUE_NULL -> new Scalar(at, Kind.NOTHING, "");
      default -> throw new IllegalStateException(token + " (expected: the begin of a value)");
    };
  }

  /** Reads an object. For a duplicate key, the last value counts, as in Go. */
  private Mapping object(Mark at) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      Mark keyAt = mark(parser.currentTokenLocation());
      String key = parser.currentName();
      entries.put(key, new Entry(keyAt, node(parser.nextToken())));
    }
    return new Mapping(at, entries);
  }

  private Sequence array(Mark at) {
    List<SourceNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token));
    }
    return new Sequence(at, items);
  }

  private static Mark mark(@Nullable TokenStreamLocation location) {
    return location == null || location.getLineNr() < 1
        ? Mark.START
        : new Mark(location.getLineNr(), Math.max(1, location.getColumnNr()));
  }

  /**
   * Jackson's message, unless it quotes a word, which may be a secret whose quotation marks are
   * missing.
   */
  private static String syntax(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return message.isEmpty() || message.contains("token '") ? "broken syntax" : message;
  }
}
