package io.harborgateway.benchmarks.compare;

import io.harborgateway.benchmarks.load.LoadAgent;
import io.harborgateway.benchmarks.load.Slice;
import io.harborgateway.benchmarks.load.SliceResult;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * Starts it, with the sink on this port.
   *
   * @param helpers the other processes that are a part of the benchmark, but no proxies
   */
  static Agent start(int sinkPort, List<Long> helpers) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "taskset",
                "-c",
                Stage.CLIENT_CORE,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Dio.netty.leakDetection.level=disabled",
                "-Xmx1g",
                "-XX:MaxDirectMemorySize=2g",
                "-cp",
                System.getProperty("java.class.path"),
                LoadAgent.class.getName(),
                Integer.toString(sinkPort)));
    helpers.forEach(pid -> command.add(pid.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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
    return checked(
        contender, JSON.readValue(ask(JSON.writeValueAsString(slice)), SliceResult.class));
  }

  /** Closes all connections that are held. */
  void release() throws IOException {
    ask("");
  }

  /** Begins to look for the first answer, which {@link #firstAnswer} waits for. */
  void lookForAnswer(Slice slice) throws IOException {
    commands.write(JSON.writeValueAsString(slice.kind(Slice.Kind.FIRST)));
    commands.newLine();
    commands.flush();
  }

  /** Returns when it came, of {@link System#nanoTime}. */
  long firstAnswer(String contender) throws IOException {
    return checked(contender, JSON.readValue(answer(), SliceResult.class)).units();
  }

  private static SliceResult checked(String contender, SliceResult result) throws IOException {
    if (result.failure() != null) {
      throw new IOException(contender + ": " + result.failure());
    }
    return result;
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
