package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the peers are, which are installed. */
final class Programs {
  /** Where Debian puts servers is not on everyone's PATH. */
  private static final List<String> FURTHER_FOLDERS =
      List.of("/usr/sbin", "/sbin", "/usr/libexec/docker");

  private Programs() {}

  /**
   * Returns the program's file.
   *
   * @throws IOException when there is none
   */
  static Path find(String program) throws IOException {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(":", -1)), FURTHER_FOLDERS.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IOException(program + ": not found (expected: installed; see bin/bench)"));
  }

  /** Returns the line that loads nginx's stream module, or a blank one where it is built in. */
  static String loadStreamModule() {
    Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    return Files.exists(module) ? "load_module " + module + ";" : "";
  }

  /** Returns the versions of the peers. */
  static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put(
        "nginx",
        Machine.version(
            List.of(find("nginx").toString(), "-V"), Pattern.compile("nginx/([0-9.]+)")));
    versions.put(
        "haproxy",
        Machine.version(
            List.of(find("haproxy").toString(), "-v"), Pattern.compile("version ([0-9.]+)")));
    versions.put(
        "docker-proxy, of docker.io",
        Machine.version(
            List.of("dpkg-query", "-W", "-f", "${Version}", "docker.io"),
            Pattern.compile("([0-9.]+)")));
    versions.put(
        "OpenSSL",
        Machine.version(
            List.of(find("nginx").toString(), "-V"), Pattern.compile("OpenSSL ([0-9.a-z]+)")));
    return versions;
  }
}
