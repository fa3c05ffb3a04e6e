package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Answer;
import io.harborgateway.testkit.Behaviour;
import io.harborgateway.testkit.Behaviours;
import io.harborgateway.testkit.Command;
import io.harborgateway.testkit.Curl;
import io.harborgateway.testkit.HarborNginx;
import io.harborgateway.testkit.LongForm;
import io.harborgateway.testkit.Origin;
import io.harborgateway.testkit.ProcessMemory;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Half a GiB, in its long form 2 GiB, in each direction over TLS on both sides, in a process with
 * little memory.
 */
@Timeout(280)
class LargeBlobIT {
  private static final long BLOB_BYTES = LongForm.or(512L << 20, 2L << 30);
  private static final long MAX_GROWTH_BYTES = 64L << 20;

  @TempDir Path folder;

  @Test
  void memoryStaysFlatWhileBlobsPassThrough() throws Exception {
    try (var origin = Origin.start(counting());
        var nginx = HarborNginx.start(folder, origin)) {
      try (var file = new RandomAccessFile(nginx.blobs().resolve("large").toFile(), "rw")) {
        file.setLength(BLOB_BYTES); // sparse: its zeros are not on the disk
      }
      Path small = nginx.blobs().resolve("small");
      try (var file = new RandomAccessFile(small.toFile(), "rw")) {
        file.setLength(64L << 20);
      }
      String tls =
          "tls: {ca: \"" + nginx.certificates().ca() + "\", server-name: " + HarborNginx.NAME + "}";
      var yaml = new GatewayYaml(folder).listener("https", "https", nginx.https(), tls, "");
      try (var gateway = GatewayProcess.launch(folder, yaml.text()).started()) {
        // Classes are loaded, code is compiled and buffers are pooled before it is measured.
        for (int i = 0; i < 3; i++) {
          assertThat(download(yaml, "small")).isEqualTo(64L << 20);
          assertThat(upload(yaml, small)).isEqualTo(64L << 20);
        }
        var before = gateway.memory();
        report("before", before, yaml);
        assertThat(download(yaml, "large")).isEqualTo(BLOB_BYTES);
        report("blob down", gateway.memory(), yaml);
        assertThat(upload(yaml, nginx.blobs().resolve("large"))).isEqualTo(BLOB_BYTES);
        var uploaded = gateway.memory();

        report("blob up", uploaded, yaml);
        assertThat(uploaded.peak() - before.now()).isLessThan(MAX_GROWTH_BYTES);
      }
    }
  }

  private static void report(String when, ProcessMemory.Resident memory, GatewayYaml yaml) {
    long buffers = metric(yaml, "harbor_gateway_memory_buffers_bytes");
    System.out.printf(
        "large blobs, %s: resident=%d MiB peak=%d MiB heap=%d MiB buffers=%d MiB%n",
        when,
        memory.now() >> 20,
        memory.peak() >> 20,
        metric(yaml, "harbor_gateway_memory_heap_bytes") >> 20,
        buffers >> 20);
    assertThat(buffers).isBetween(1L, MAX_GROWTH_BYTES);
  }

  /** Reads one of the process's own figures. */
  private static long metric(GatewayYaml yaml, String name) {
    String metrics =
        Curl.run("-sSf", "http://127.0.0.1:" + yaml.adminPort() + "/metrics").succeeded().stdout();
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private static Behaviour counting() {
    return Behaviours.http(request -> Answer.of(201).text(Long.toString(request.body().length())));
  }

  private static long download(GatewayYaml yaml, String blob) {
    String format = "%{size_download}";
    return curl(yaml, "/blob/" + blob, "-o", "/dev/null", "-w", format);
  }

  private static long upload(GatewayYaml yaml, Path blob) {
    return curl(yaml, "/upload/blob", "-T", blob.toString(), "-H", "Expect:");
  }

  private static long curl(GatewayYaml yaml, String path, String... options) {
    String port = ":" + yaml.address("https").getPort();
    var command =
        new ArrayList<>(List.of("curl", "-q", "-sSf", "--noproxy", "*", "--max-time", "200"));
    command.addAll(List.of("--cacert", yaml.certificates().ca().toString()));
    command.addAll(List.of("--resolve", GatewayYaml.NAME + port + ":127.0.0.1"));
    command.addAll(List.of(options));
    command.add("https://" + GatewayYaml.NAME + port + path);
    return Long.parseLong(
        Command.run(command, new byte[0], Duration.ofSeconds(210)).succeeded().stdout().strip());
  }
}
