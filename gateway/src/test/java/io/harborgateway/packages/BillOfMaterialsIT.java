package io.harborgateway.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bill of materials (CycloneDX) of the build and its packages, judged by the committed lists.
 */
@Timeout(300)
class BillOfMaterialsIT {
  private static final Path LISTS = Project.root().resolve("packaging");

  private final List<Component> components =
      read(Packages.stage().resolve("share/doc/sbom.cdx.json"));

  private record Component(
      String module, String version, Set<String> licences, boolean hasDigests) {}

  @Test
  void namesWhatIsShipped() {
    Set<String> modules = components.stream().map(Component::module).collect(Collectors.toSet());
    assertThat(modules)
        .contains("openjdk-runtime", "io.netty:netty-handler", "org.bouncycastle:bcprov-jdk18on")
        .doesNotContain("org.junit.jupiter:junit-jupiter", "org.assertj:assertj-core");
  }

  /**
   * Those of the own modules would be of jars that are in no package, and differ between builds.
   */
  @Test
  void hasDigestsOfWhatIsShipped() {
    assertThat(components)
        .filteredOn(component -> !component.module.equals("openjdk-runtime"))
        .isNotEmpty()
        .allMatch(c -> c.hasDigests != c.module.startsWith("io.harborgateway:"));
  }

  @Test
  void hasNoVersionThatIsKnownToBeVulnerable() throws IOException {
    var found = new ArrayList<String>();
    for (String line : lines("vulnerabilities.txt")) {
      var forbidden = ForbiddenVersion.parse(line);
      for (Component component : components) {
        if (forbidden.forbids(component.module, component.version)) {
          found.add(component.module + " " + component.version + ": " + line);
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** A line for a module that nobody ships any more, or that is misspelt, guards nothing. */
  @Test
  void eachKnownVulnerabilityIsOfSomethingShipped() throws IOException {
    assertThat(lines("vulnerabilities.txt").stream().map(ForbiddenVersion::parse))
        .extracting(ForbiddenVersion::module)
        .isNotEmpty()
        .isSubsetOf(components.stream().map(Component::module).toList());
  }

  @Test
  void allIsUnderALicenceOfTheList() throws IOException {
    List<String> allowed = lines("licences.txt");
    assertThat(components)
        .filteredOn(component -> !component.module.startsWith("io.harborgateway:"))
        .allMatch(component -> component.licences.stream().anyMatch(allowed::contains));
  }

  @Test
  void licencesAreListedForPeople() throws IOException {
    assertThat(Files.readString(Packages.stage().resolve("share/doc/THIRD-PARTY.txt")))
        .contains("org.slf4j:slf4j-api", ": MIT", "openjdk-runtime", ": GPL-2.0-only WITH")
        .doesNotContain("io.harborgateway:");
  }

  private static List<String> lines(String list) throws IOException {
    return Files.readAllLines(LISTS.resolve(list)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  private static List<Component> read(Path bill) {
    var components = new ArrayList<Component>();
    for (JsonNode component : new JsonMapper().readTree(bill.toFile()).path("components")) {
      String group = component.path("group").asString("");
      String name = component.path("name").asString("");
      var licences = new TreeSet<String>();
      for (JsonNode entry : component.path("licenses")) {
        JsonNode licence = entry.path("license");
        licences.add(
            entry.path("expression").asString("")
                + licence.path("id").asString(licence.path("name").asString("")));
      }
      String module = group.isEmpty() ? name : group + ":" + name;
      components.add(
          new Component(
              module, component.path("version").asString(""), licences, component.has("hashes")));
    }
    return components;
  }
}
