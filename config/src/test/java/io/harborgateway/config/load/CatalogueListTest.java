package io.harborgateway.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harborgateway.config.CatalogueConfig;
import io.harborgateway.config.CertificateFilesConfig;
import io.harborgateway.config.InstanceConfig;
import io.harborgateway.config.binding.ConfigException;
import io.harborgateway.config.values.HostName;
import io.harborgateway.config.values.InstanceGuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueListTest {
  private static final String ONE = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  private static final String OTHER = "1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  @TempDir Path folder;

  private List<CatalogueList.Entry> read(String text, InstanceConfig... others)
      throws IOException, ConfigException {
    Path file = Files.writeString(folder.resolve("instances.list"), text);
    return CatalogueList.read(
        new CatalogueConfig(file, HostName.of("example.com"), folder.resolve("tls")),
        List.of(others));
  }

  @Test
  void aLineIsAnInstanceWithItsRoutes() throws Exception {
    List<CatalogueList.Entry> entries =
        read("# ours\n" + ONE + "\n\n  " + OTHER + "\timages  charts # two routes\n");
    assertThat(entries).extracting(CatalogueList.Entry::line).containsExactly(2, 4);
    assertThat(entries.getFirst().names()).containsExactly(HostName.of(ONE + ".example.com"));
    assertThat(entries.getLast().names())
        .extracting(HostName::value)
        .containsExactly(
            OTHER + ".example.com", OTHER + ".images.example.com", OTHER + ".charts.example.com");
  }

  @Test
  void everythingThatIsWrongIsSaidWithItsPlace() {
    Path file = folder.resolve("instances.list");
    assertThatThrownBy(() -> read(ONE + "\nnobody\n" + OTHER + " a_b\n" + ONE + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            String.join(
                "\n",
                file + ":2:1: \"nobody\" (expected: " + InstanceGuid.EXPECTED + ")",
                file + ":3:38: \"a_b\" (expected: one DNS label, such as registry)",
                file
                    + ":4:1: "
                    + ONE
                    + ".example.com, as at line 1 (expected: a host name of its own)"));
  }

  @Test
  void aNameOfTheConfigurationIsTaken() {
    var files = new CertificateFilesConfig(folder.resolve("crt"), folder.resolve("key"));
    var taken = HostName.of(OTHER + ".images.example.com");
    var other =
        new InstanceConfig(
            InstanceGuid.of(ONE), null, List.of(), taken, files, null, List.of(), null);
    assertThatThrownBy(() -> read(OTHER + " images", other))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            folder.resolve("instances.list")
                + ":1:38: "
                + taken
                + ", as at instance "
                + ONE
                + " of the configuration (expected: a host name of its own)");
  }

  @Test
  void theCertificateIsFoundByTheGuid() {
    var catalogue = new CatalogueConfig(folder.resolve("x"), HostName.of("example.com"), folder);
    assertThat(catalogue.certificate(InstanceGuid.of(ONE)))
        .isEqualTo(
            new CertificateFilesConfig(folder.resolve(ONE + ".crt"), folder.resolve(ONE + ".key")));
  }
}
