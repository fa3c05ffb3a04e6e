package io.harborgateway.source;

import io.harborgateway.config.values.InputFiles;
import io.harborgateway.watch.FileStamp;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The folder of {@code instances-directory}: each {@code *.yml} or {@code *.yaml} file in it. */
public final class InstancesDirectory {
  private InstancesDirectory() {}

  private record FileText(Path file, FileStamp version) implements InstanceText {
    @Override
    public String place() {
      return file.toString();
    }

    @Override
    public Path folder() {
      return file.resolveSibling("");
    }

    @Override
    public String text() throws IOException {
      if (version.size() > LONGEST) {
        throw new IOException(version.size() + " bytes (expected: at most " + LONGEST + ")");
      }
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new NoSuchFileException(file.toString());
      }
      String unreadable = InputFiles.unreadable(file);
      if (unreadable != null) {
        throw new IOException(unreadable);
      }
      try {
        return InputFiles.read(file);
      } catch (IOException e) {
        throw new IOException(InputFiles.reason(e), e);
      }
    }
  }

  /**
   * Lists the files, sorted by name, without those with a leading dot, which editors and {@code
   * rsync} create temporarily. Reads none of them. Blocks.
   *
   * @throws IOException if the folder can't be listed; says why
   */
  public static List<InstanceText> list(Path folder) throws IOException {
    List<InstanceText> texts = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, InstancesDirectory::isOne)) {
      for (Path entry : entries) {
        texts.add(new FileText(entry, FileStamp.of(entry)));
      }
    }
    texts.sort(Comparator.comparing(InstanceText::place));
    return texts;
  }

  private static boolean isOne(Path entry) {
    String name = String.valueOf(entry.getFileName());
    return !name.startsWith(".")
        && (name.endsWith(".yml") || name.endsWith(".yaml"))
        // Reading a pipe would block; a dangling link counts as a file that can't be read.
        && (Files.isRegularFile(entry) || (Files.isSymbolicLink(entry) && !Files.exists(entry)));
  }
}
