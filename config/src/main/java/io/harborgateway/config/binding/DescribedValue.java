package io.harborgateway.config.binding;

import io.harborgateway.config.values.QuotedText;
import io.harborgateway.config.yaml.SourceNode;
import io.harborgateway.config.yaml.SourceNode.Kind;

/** Describes the value found, for errors. */
public final class DescribedValue {
  private DescribedValue() {}

  /** The value itself if it is a scalar. Not to be used for secrets. */
  public static String describe(SourceNode node) {
    return switch (node) {
      case SourceNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case SourceNode.Scalar scalar when scalar.kind() == Kind.TEXT -> QuotedText.of(scalar.text());
      case SourceNode.Scalar scalar -> scalar.text();
      default -> kind(node);
    };
  }

  /** The kind of the value, without the value itself. */
  static String kind(SourceNode node) {
    return switch (node) {
      case SourceNode.Mapping mapping -> "a mapping";
      case SourceNode.Sequence sequence -> "a list";
      case SourceNode.Scalar scalar when scalar.kind() == Kind.NOTHING -> "nothing";
      case SourceNode.Scalar scalar -> "a single value";
    };
  }
}
