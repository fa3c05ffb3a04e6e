package io.harborgateway.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures as bars, each group in shares of its best peer: shorter is better. An SVG that takes
 * the colours of the reader's theme.
 */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int LABELS = 150;
  private static final int VALUES = 170;
  private static final int BAR = 16;
  private static final int GAP = 14;
  private static final int HEAD = 22;
  private static final int TOP = 50;

  /** Longer bars are cut off, and marked so. */
  private static final double LONGEST = 2.5;

  static final String STYLE =
      """
      <style>
        text { font: 12px system-ui, sans-serif; fill: #1f2328; }
        .title { font-size: 15px; font-weight: 600; }
        .group { font-weight: 600; }
        .quiet { fill: #59636e; }
        .value { fill: #59636e; paint-order: stroke; stroke: #ffffff; stroke-width: 4; }
        .peer { fill: #8c959f; }
        .own { fill: #0969da; }
        .own-line { stroke: #0969da; }
        .peer-line { stroke: #8c959f; }
        .line { stroke: #59636e; stroke-width: 1; stroke-dasharray: 3 3; }
        .target { stroke: #1a7f37; stroke-width: 2; }
        @media (prefers-color-scheme: dark) {
          text { fill: #f0f6fc; }
          .quiet { fill: #9198a1; }
          .value { fill: #9198a1; stroke: #0d1117; }
          .peer { fill: #6e7681; }
          .own { fill: #4493f8; }
          .own-line { stroke: #4493f8; }
          .peer-line { stroke: #6e7681; }
          .line { stroke: #9198a1; }
          .target { stroke: #3fb950; }
        }
      </style>
      """;

  private BarChart() {}

  static String of(String title, List<Figure> figures) {
    var body = new StringBuilder();
    int y = TOP;
    for (Figure figure : figures) {
      y = group(body, figure, y);
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
    %s<text class="title" x="12" y="22">%s</text>
    <text class="quiet" x="12" y="40">Shorter is better. Dashed: the best peer. Green: the \
    target. Each group has a scale of its own.</text>
    %s</svg>
    """
        .formatted(WIDTH, y, escape(title), STYLE, escape(title), body);
  }

  private static int group(StringBuilder out, Figure figure, int top) {
    int y = top + HEAD;
    var values = new StringBuilder(); // in front of the lines
    text(out, "group", 12, top + 14, figure.title() + ", " + figure.unit());
    double unit = unit(figure);
    for (Map.Entry<String, Samples> entry : figure.samples().entrySet()) {
      double share = entry.getValue().median() / unit;
      double shown = Math.min(share, LONGEST);
      boolean own = isOwn(figure, entry.getKey());
      text(out, "", 12, y + 12, entry.getKey());
      out.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
              own ? "own" : "peer",
              LABELS,
              y,
              x(shown) - LABELS,
              BAR - 3));
      String value = MarkdownTable.number(entry.getValue().median());
      text(values, "value", (int) x(shown) + 6, y + 12, value + (share > LONGEST ? " (cut)" : ""));
      y += BAR;
    }
    if (figure.bestPeer().isPresent()) {
      line(out, "line", 1, top + HEAD - 3, y);
    }
    for (double target : targets(figure, unit)) {
      line(out, "target", target, top + HEAD - 3, y);
    }
    out.append(values);
    return y + GAP;
  }

  /** Other builds of the gateway, too; where nothing is compared with peers, they aren't known. */
  private static boolean isOwn(Figure figure, String contender) {
    return figure.peers().isEmpty()
        ? contender.equals(Figure.GATEWAY)
        : !figure.peers().contains(contender);
  }

  /** What is 1 on the group's scale: the best peer, or the gateway itself where there is none. */
  private static double unit(Figure figure) {
    String name = figure.bestPeer().orElse(figure.samples().keySet().iterator().next());
    double median = figure.samples().getOrDefault(name, Samples.of(1.0)).median();
    return median > 0 ? median : 1;
  }

  private static List<Double> targets(Figure figure, double unit) {
    List<Double> targets = new ArrayList<>();
    for (Target target : figure.targets()) {
      Samples peer = figure.samples().get(target.peer());
      switch (target.kind()) {
        case RATIO_TO_BEST -> targets.add(target.limit());
        case VALUE -> targets.add(target.limit() / unit);
        case RATIO_TO -> {
          if (peer != null) {
            targets.add(target.limit() * peer.median() / unit);
          }
        }
      }
    }
    return targets.stream().filter(target -> target <= LONGEST).toList();
  }

  private static double x(double share) {
    return LABELS + share / LONGEST * (WIDTH - LABELS - VALUES);
  }

  private static void line(StringBuilder out, String kind, double share, int from, int to) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
            kind,
            x(share),
            x(share),
            from,
            to));
  }

  private static void text(StringBuilder out, String kind, int x, int y, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text%s x=\"%d\" y=\"%d\">%s</text>%n",
            kind.isEmpty() ? "" : " class=\"" + kind + "\"",
            x,
            y,
            escape(text)));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
