package io.harborgateway.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * Lines over numbers that grow tenfold and more: flat is good. An SVG that takes the colours of the
 * reader's theme.
 *
 * @param title of the chart
 * @param unit of the values
 * @param what the numbers below are
 * @param numbers from left to right, at equal distances
 * @param lines at least one
 */
public record LineChart(
    String title, String unit, String what, List<String> numbers, List<Line> lines) {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 260;
  private static final int LEFT = 60;
  private static final int RIGHT = 104;
  private static final int TOP = 56;
  private static final int BOTTOM = 44;

  /**
   * One line.
   *
   * @param values one for each number
   */
  public record Line(String name, List<Double> values) {}

  /** Returns one picture of several charts, side by side. */
  public static String of(String title, List<LineChart> charts) {
    var body = new StringBuilder();
    for (int i = 0; i < charts.size(); i++) {
      body.append("<g transform=\"translate(%d 0)\">%n".formatted(i * WIDTH));
      charts.get(i).draw(body);
      body.append("</g>\n");
    }
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
    %s%s</svg>
    """
        .formatted(WIDTH * charts.size(), HEIGHT, BarChart.escape(title), BarChart.STYLE, body);
  }

  private void draw(StringBuilder out) {
    double top =
        1.25 * lines.stream().flatMap(l -> l.values().stream()).mapToDouble(v -> v).max().orElse(1);
    text(out, "group", 12, 22, title);
    text(out, "quiet", 12, 40, unit + ", from 0");
    text(out, "quiet", LEFT, HEIGHT - 8, what);
    rule(out, y(0, top));
    for (int i = 0; i < numbers.size(); i++) {
      text(out, "quiet", x(i) - 10, HEIGHT - BOTTOM + 18, numbers.get(i));
    }
    for (int i = 0; i < lines.size(); i++) {
      line(out, lines.get(i), i == 0 ? "own" : "peer", top);
    }
  }

  private void line(StringBuilder out, Line line, String kind, double top) {
    for (int i = 0; i < line.values().size(); i++) {
      double value = line.values().get(i);
      int y = y(value, top);
      if (i > 0) {
        out.append(
            "<line class=\"%s\" style=\"stroke-width:2\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>%n"
                .formatted(kind + "-line", x(i - 1), y(line.values().get(i - 1), top), x(i), y));
      }
      out.append("<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"4\"/>%n".formatted(kind, x(i), y));
      text(
          out,
          "value",
          x(i) - 10,
          isHighest(i, value) ? y - 9 : y + 19,
          MarkdownTable.number(value));
    }
    int last = line.values().size() - 1;
    text(out, "", x(last) + 12, y(line.values().get(last), top) + 4, line.name());
  }

  private boolean isHighest(int i, double value) {
    return lines.stream().allMatch(line -> line.values().get(i) <= value);
  }

  private int x(int i) {
    return LEFT + i * (WIDTH - LEFT - RIGHT) / Math.max(1, numbers.size() - 1);
  }

  private static int y(double value, double top) {
    return (int) Math.round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM));
  }

  private static void rule(StringBuilder out, int y) {
    out.append(
        "<line class=\"line\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n"
            .formatted(LEFT - 10, WIDTH - RIGHT + 10, y, y));
  }

  private static void text(StringBuilder out, String kind, int x, int y, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n",
            kind,
            x,
            y,
            BarChart.escape(text)));
  }
}
