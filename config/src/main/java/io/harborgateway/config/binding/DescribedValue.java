package io.harborgateway.config.binding;

import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Kind;

/** How errors say what was found. */
public final class DescribedValue {
  private DescribedValue() {}

  /** The value itself if it is a single one. Not to be used for secrets. */
  public static String describe(SourceNode node) {
    return switch (node) {
      case SourceNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case SourceNode.Scalar scalar when scalar.kind() == Kind.TEXT -> QuotedText.of(scalar.text());
      case SourceNode.Scalar scalar -> scalar.text();
      default -> kind(node);
    };
  }

  /** What kind of value stands there, without the value. */
  static String kind(SourceNode node) {
    return switch (node) {
      case SourceNode.Mapping mapping -> "a mapping";
      case SourceNode.Sequence sequence -> "a list";
      case SourceNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case SourceNode.Scalar scalar -> "a single value";
    };
  }
}
