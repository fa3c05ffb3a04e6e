package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.LoadAgent;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The load client and the sink, in a process on the client's core. */
final class Agent implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  private Agent(Process process) {
    this.process = process;
    this.commands = process.outputWriter();
    this.answers = process.inputReader();
  }

  /** Starts it, with the sink on this port. */
  static Agent start(int sinkPort) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    "taskset",
                    "-c",
                    Integer.toString(Stage.CLIENT_CORE),
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-Xmx1g",
                    "-XX:MaxDirectMemorySize=2g",
                    "-cp",
                    System.getProperty("java.class.path"),
                    LoadAgent.class.getName(),
                    Integer.toString(sinkPort)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var agent = new Agent(process);
    agent.answer();
    return agent;
  }

  /**
   * Runs the slice.
   *
   * @throws IOException when anything but the expected answers came
   */
  SliceResult run(String contender, Slice slice) throws IOException {
    SliceResult result = JSON.readValue(ask(JSON.writeValueAsString(slice)), SliceResult.class);
    if (result.failure() != null) {
      throw new IOException(contender + ": " + slice.kind() + ": " + result.failure());
    }
    return result;
  }

  /** Closes all connections that are held. */
  void release() throws IOException {
    ask("");
  }

  private String ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    return answer();
  }

  private String answer() throws IOException {
    @Nullable String line = answers.readLine();
    if (line == null) {
      throw new IOException("the load client ended (expected: an answer)");
    }
    return line;
  }

  @Override
  public void close() {
    try {
      commands.close();
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It ended before.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
