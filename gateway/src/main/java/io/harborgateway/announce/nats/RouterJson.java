package io.harborgateway.announce.nats;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what comes in by NATS. Anybody who may publish there can send anything: what is longer or
 * nested deeper than any router's message is refused before it costs memory.
 */
final class RouterJson {
  /** A register message of gorouter's contract has some hundred bytes. */
  static final int MAX_BYTES = 64 << 10;

  private static final int MAX_NESTING = 16;
  private static final int MAX_NUMBER_LENGTH = 100;

  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(MAX_NESTING)
                      .maxNumberLength(MAX_NUMBER_LENGTH)
                      .build())
              .build());

  private RouterJson() {}

  /**
   * Returns the object that the message is.
   *
   * @throws IllegalArgumentException if it is none, or beyond a bound
   */
  static JsonNode object(byte[] message) {
    if (message.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "message: %d bytes (expected: at most %d)".formatted(message.length, MAX_BYTES));
    }
    JsonNode json;
    try {
      json = JSON.readTree(message);
    } catch (JacksonException e) {
      // Its text quotes the message, which anybody may have written.
      throw new IllegalArgumentException(
          "message: malformed JSON of %d bytes".formatted(message.length), e);
    }
    if (!json.isObject()) {
      throw new IllegalArgumentException("message: %s (expected: an object)".formatted(kind(json)));
    }
    return json;
  }

  private static String kind(JsonNode json) {
    return json.getNodeType().toString();
  }
}
