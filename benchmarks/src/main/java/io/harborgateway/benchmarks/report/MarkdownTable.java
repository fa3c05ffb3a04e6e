package io.harborgateway.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The figures as a table of Markdown: a line for each figure, a column for each contender. */
public final class MarkdownTable {
  private MarkdownTable() {}

  public static String of(List<Figure> figures) {
    Set<String> contenders = new LinkedHashSet<>();
    figures.forEach(figure -> contenders.addAll(figure.samples().keySet()));
    var text = new StringBuilder();
    List<String> heads = new ArrayList<>(List.of("what", "unit"));
    heads.addAll(contenders);
    heads.addAll(List.of("to the best peer", "target", "reached"));
    row(text, heads);
    row(text, heads.stream().map(head -> contenders.contains(head) ? "---:" : "---").toList());
    figures.forEach(figure -> row(text, cells(figure, contenders)));
    return text.toString();
  }

  private static List<String> cells(Figure figure, Set<String> contenders) {
    List<String> cells = new ArrayList<>(List.of(figure.title(), figure.unit()));
    for (String contender : contenders) {
      Samples samples = figure.samples().get(contender);
      cells.add(samples == null ? "" : cell(samples));
    }
    cells.add(ratio(figure));
    List<Figure.Verdict> verdicts = figure.verdicts();
    cells.add(String.join(", ", verdicts.stream().map(v -> v.target().toString()).toList()));
    cells.add(String.join(", ", verdicts.stream().map(v -> v.reached().toString()).toList()));
    return cells;
  }

  private static String cell(Samples samples) {
    return samples.values().size() == 1
        ? number(samples.median())
        : "%s ±%.0f%%".formatted(number(samples.median()), 50 * samples.relativeSpread());
  }

  /** The ratio where there is one to be told, else why not. */
  public static String ratio(Figure figure) {
    if (figure.ratio().isEmpty()) {
      return "";
    }
    Ratio ratio = figure.ratio().get();
    String best = figure.bestPeer().orElseThrow();
    if (!ratio.isClear()) {
      return "no ratio: the rounds differ more than the medians (" + best + ")";
    }
    String text = String.format(Locale.ROOT, "%.2f (%s)", ratio.value(), best);
    return ratio.value() > 1 ? "**lost** " + text : text;
  }

  /** Three digits that count, and no exponent. */
  public static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
