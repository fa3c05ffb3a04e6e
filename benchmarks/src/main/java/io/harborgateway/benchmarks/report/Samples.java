package io.harborgateway.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the rounds of one contender gave.
 *
 * @param values at least one, in the order of the rounds
 */
public record Samples(List<Double> values) {
  public Samples {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("values: none (expected: at least one)");
    }
  }

  public static Samples of(Double... values) {
    return new Samples(List.of(values));
  }

  /** Returns the values of what each contender's rounds gave, by the contenders' names. */
  public static <T> Map<String, Samples> of(
      Map<String, List<T>> rounds, ToDoubleFunction<T> value) {
    Map<String, Samples> samples = new LinkedHashMap<>();
    rounds.forEach((name, results) ->
        samples.put(name, new Samples(results.stream().map(r -> value.applyAsDouble(r)).toList())));
    return samples;
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  public double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  public double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  /** The largest less the smallest. */
  public double spread() {
    return max() - min();
  }

  /** The spread as a share of the median; 0 where the median is. */
  public double relativeSpread() {
    return median() == 0 ? 0 : spread() / Math.abs(median());
  }
}
