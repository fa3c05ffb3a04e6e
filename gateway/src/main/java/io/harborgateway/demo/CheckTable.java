package io.harborgateway.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Formats the checks as a table, one per line. */
public final class CheckTable {
  private static final Pattern DIGEST = Pattern.compile("(sha256:[0-9a-f]{12})[0-9a-f]{52}");

  private CheckTable() {}

  /** Returns the table's lines; the last one has the totals. */
  public static List<String> lines(List<CheckRow> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("check", "expected", "seen", ""));
    for (CheckRow row : rows) {
      String note = row.note().isEmpty() ? "" : " (" + row.note() + ")";
      cells.add(
          List.of(
              row.check(),
              shortened(row.expected()),
              shortened(row.seen()) + note,
              row.holds() ? "ok" : "FAILED"));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> line : cells) {
      var text = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        text.append(line.get(column));
        int padding = width(cells, column) + 2 - line.get(column).length();
        text.append(" ".repeat(padding));
      }
      lines.add(text.toString().stripTrailing());
    }
    long holding = rows.stream().filter(CheckRow::holds).count();
    lines.add("%d of %d hold".formatted(holding, rows.size()));
    return lines;
  }

  private static int width(List<List<String>> cells, int column) {
    return cells.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }

  /** Shortens a text for display: the comparison used the whole. */
  private static String shortened(String text) {
    return DIGEST.matcher(text.replace(DemoInstance.GUID, "<guid>")).replaceAll("$1…");
  }
}
