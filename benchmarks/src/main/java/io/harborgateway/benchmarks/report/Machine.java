package io.harborgateway.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the figures were measured on. */
public final class Machine {
  private Machine() {}

  /** Returns processor, memory, kernel and Java, by what each is called. */
  public static Map<String, String> describe() throws IOException {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("processor", field("/proc/cpuinfo", "model name"));
    // Not what this process may use: it is pinned to one.
    machine.put("cores", count("/proc/cpuinfo", "processor"));
    machine.put("memory", field("/proc/meminfo", "MemTotal"));
    machine.put("kernel", "Linux " + System.getProperty("os.version"));
    machine.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    return machine;
  }

  private static String count(String file, String name) throws IOException {
    return Long.toString(
        Files.readAllLines(Path.of(file)).stream().filter(line -> line.startsWith(name)).count());
  }

  private static String field(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** Returns the first match in what the command prints, or "unknown". */
  public static String version(List<String> command, Pattern pattern) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher version = pattern.matcher(printed);
      return version.find() ? version.group(1) : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }
}
