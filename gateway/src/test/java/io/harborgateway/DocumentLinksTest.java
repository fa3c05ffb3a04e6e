package io.harborgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Relative links of the documents lead to files that are there, and to headings of theirs. */
class DocumentLinksTest {
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : Project.documents()) {
      for (String link : links(document)) {
        if (!leadsSomewhere(document, link)) {
          broken.add(Project.root().relativize(document) + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void requestPathHasLinksToTheSources() throws IOException {
    assertThat(links(Project.root().resolve("docs/request-path.md")))
        .anyMatch(link -> link.endsWith("/http/Http1Front.java"));
  }

  private static List<String> links(Path document) throws IOException {
    List<String> links = new ArrayList<>();
    Matcher link = LINK.matcher(withoutExamples(document));
    while (link.find()) {
      if (!link.group(1).contains("://")) {
        links.add(link.group(1));
      }
    }
    return links;
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? document : document.resolveSibling(path).normalize();
    if (hash < 0 || !target.toString().endsWith(".md")) {
      return Files.exists(target);
    }
    return Files.exists(target) && anchors(target).contains(link.substring(hash + 1));
  }

  /** The anchors of headings, as code hosts make them. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(withoutExamples(document))
        .results()
        .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static String withoutExamples(Path document) throws IOException {
    return FENCED.matcher(Files.readString(document)).replaceAll("");
  }
}
