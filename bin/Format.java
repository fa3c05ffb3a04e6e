import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The formatter gate: {@code check} names the sources that differ from google-java-format's output
 * and fails; {@code write} rewrites them. Run by the build and by {@code bin/format}.
 */
final class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args.length == 1 && args[0].equals("write");
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    List<Path> different = new ArrayList<>();
    List<Path> sources = new ArrayList<>(List.of(Path.of("bin/Format.java")));
    for (String module : List.of("config", "certs", "gateway", "benchmarks")) {
      Path root = Path.of(module, "src");
      if (!Files.isDirectory(root)) {
        continue; // git keeps no empty folders: a module may have no sources yet
      }
      try (var files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    for (Path source : sources) {
      String text = Files.readString(source);
      String formatted =
          formatter.formatSource(
              RemoveUnusedImports.removeUnusedImports(
                  ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE)));
      if (!formatted.equals(text)) {
        different.add(source);
        if (write) {
          Files.writeString(source, formatted);
        }
      }
    }
    different.forEach(source -> System.out.println((write ? "formatted: " : "format: ") + source));
    if (!write && !different.isEmpty()) {
      System.out.println(different.size() + " files are not formatted. Run bin/format.");
      System.exit(1);
    }
  }
}
