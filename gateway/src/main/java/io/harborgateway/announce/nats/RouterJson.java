package io.harborgateway.announce.nats;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses messages received over NATS. Anybody who may publish there can send anything: a message
 * longer or nested deeper than any router's is rejected before it costs memory.
 */
final class RouterJson {
  /** A register message of gorouter's contract has a few hundred bytes. */
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
   * Parses a message as a JSON object.
   *
   * @throws IllegalArgumentException if it is not an object, or exceeds a bound
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
      // The exception's text quotes the message, which anybody may have written.
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
