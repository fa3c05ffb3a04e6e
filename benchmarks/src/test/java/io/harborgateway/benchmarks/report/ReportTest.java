package io.harborgateway.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  @TempDir Path folder;

  private static Figure figure(double own, Target... targets) {
    Map<String, Samples> samples = new LinkedHashMap<>();
    samples.put(Figure.GATEWAY, Samples.of(own, own + 0.1));
    samples.put("haproxy", Samples.of(20.0, 20.2));
    samples.put("nginx", Samples.of(30.0, 30.2));
    return new Figure(
        "row", "a row", "µs", samples, List.of("haproxy", "nginx"), List.of(targets), Map.of());
  }

  @Test
  void bestPeerIsTheOneWithTheSmallestMedian() {
    assertThat(figure(10).bestPeer()).contains("haproxy");
  }

  @Test
  void tableShowsRatioTargetsAndWhatWasReached() {
    Figure figure = figure(10, Target.ratioToBest(0.6), Target.ratioTo("nginx", 0.2));

    assertThat(MarkdownTable.of(List.of(figure)))
        .isEqualTo(
            """
            | what | unit | harbor-gateway | haproxy | nginx | to the best peer | target | reached |
            | --- | --- | ---: | ---: | ---: | --- | --- | --- |
            | a row | µs | 10.1 ±0% | 20.1 ±0% | 30.1 ±0% | 0.50 (haproxy) | ≤ 0.60, ≤ 0.20 of nginx | yes, **no** |
            """);
  }

  @Test
  void lostRowIsShownAsLost() {
    assertThat(MarkdownTable.ratio(figure(40))).isEqualTo("**lost** 1.99 (haproxy)");
  }

  @Test
  void noRatioIsShownWhereThereIsNone() {
    assertThat(MarkdownTable.ratio(figure(20.05))).startsWith("no ratio");
  }

  @Test
  void valueIsComparedWithItsTargetByItself() {
    assertThat(figure(10, Target.value(9)).verdicts())
        .extracting(Figure.Verdict::reached)
        .containsExactly(Reached.NO);
    assertThat(figure(10, Target.value(10)).verdicts())
        .extracting(Figure.Verdict::reached)
        .containsExactly(Reached.OPEN);
  }

  @Test
  void filesHaveAllFigures() throws IOException {
    var report =
        new Report(
            "A title",
            "bin/bench compare",
            Map.of("cores", "2"),
            List.of("A note."),
            List.of(figure(10, Target.ratioToBest(0.6)), figure(20.05)));

    report.write(folder, "compare");

    assertThat(Files.readString(folder.resolve("compare.md")))
        .contains(
            "# A title", "bin/bench compare", "* cores: 2", "A note.", "(compare.svg)", "a row");
    JsonNode figures =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(folder.resolve("compare.json")))
            .get("figures");
    assertThat(figures.size()).isEqualTo(2);
    assertThat(figures.get(0).get("ratio").asDouble()).isBetween(0.49, 0.51);
    assertThat(figures.get(0).get("contenders").get("nginx").get("rounds").size()).isEqualTo(2);
    assertThat(figures.get(1).get("ratio").isNull()).as("refused").isTrue();
  }

  @Test
  void chartsAreWellFormedInBothThemes() throws Exception {
    var lines =
        new LineChart(
            "title",
            "µs",
            "connections",
            List.of("10", "100"),
            List.of(new LineChart.Line("1 < 2", List.of(1.0, 2.0))));
    String bars = BarChart.of("a & b", List.of(figure(10, Target.ratioToBest(0.6))));

    for (String svg : List.of(bars, LineChart.of("lines", List.of(lines, lines)))) {
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(svg)));
      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(svg).contains("prefers-color-scheme: dark");
    }
    assertThat(bars).contains("haproxy", "10.1", "class=\"own\"", "class=\"target\"");
  }
}
