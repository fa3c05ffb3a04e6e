package io.harborgateway.certs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real openssl, as a judge. */
record OpenSsl(Path folder) {
  record Result(int status, String output) {}

  /** Runs it in the folder and returns what it printed, or fails with it. */
  String run(String... arguments) throws Exception {
    Result result = execute(arguments);
    if (result.status() != 0) {
      throw new AssertionError("openssl " + String.join(" ", arguments) + ": " + result);
    }
    return result.output();
  }

  Result execute(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "openssl", ".out");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new AssertionError("openssl is missing: apt-get install openssl", e);
    }
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError(command + " did not end within 60 s");
      }
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(output, UTF_8));
  }
}
