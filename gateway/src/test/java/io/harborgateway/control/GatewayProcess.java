package io.harborgateway.control;

import io.harborgateway.testkit.Await;
import io.harborgateway.testkit.ProcessMemory;
import io.harborgateway.testkit.ShippedOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gateway as a process of its own, with {@code run}; ended by the test. */
public final class GatewayProcess implements AutoCloseable {
  private final Process process;
  private final Path output;

  private GatewayProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it on this configuration, and returns at once. */
  public static GatewayProcess launch(Path folder, String yaml) {
    return launch(folder, yaml, "");
  }

  /**
   * Starts it on this configuration, and returns at once.
   *
   * @param before commands for the shell that becomes the process, such as {@code ulimit -n 100;}
   */
  public static GatewayProcess launch(Path folder, String yaml, String before) {
    return launch(folder, builder(folder, yaml, before));
  }

  /** Starts it on this configuration with more arguments, and returns at once. */
  static GatewayProcess launchWith(Path folder, String yaml, String... more) {
    ProcessBuilder builder = builder(folder, yaml, "");
    builder.command().addAll(List.of(more));
    return launch(folder, builder);
  }

  /** The same, of another build. */
  static GatewayProcess launchBuild(Path jar, Path folder, String yaml, String... more) {
    ProcessBuilder builder = builder(folder, yaml, "");
    builder.command().replaceAll(each -> each.equals(classPath()) ? jar + ":" + each : each);
    builder.command().addAll(List.of(more));
    return launch(folder, builder);
  }

  /**
   * Starts a program that starts the gateway, and returns at once.
   *
   * @param supervisor the program with its options, to which the gateway's command line is added
   */
  static GatewayProcess launchBy(List<String> supervisor, Path folder, String yaml) {
    ProcessBuilder builder = builder(folder, yaml, "");
    List<String> own = builder.command();
    List<String> command = new ArrayList<>(List.of("env", "--default-signal"));
    command.addAll(supervisor);
    command.addAll(own.subList(own.lastIndexOf("sh") + 1, own.size()));
    return launch(folder, builder.command(command));
  }

  /**
   * Starts it on this configuration with the options that the launcher gives the JVM, and returns
   * at once.
   *
   * @param more options, which come after those
   */
  static GatewayProcess launchAsShipped(Path folder, String yaml, String... more) {
    return launch(folder, builderAsShipped(folder, yaml, more));
  }

  /** Its start with the options that the launcher gives the JVM, whose output is to be chosen. */
  public static ProcessBuilder builderAsShipped(Path folder, String yaml, String... more) {
    List<String> options = new ArrayList<>(ShippedOptions.list());
    options.addAll(List.of(more));
    return builder(folder, yaml, "", options);
  }

  private static GatewayProcess launch(Path folder, ProcessBuilder builder) {
    try {
      Path output = Files.createTempFile(folder, "gateway-", ".log");
      Process process = builder.redirectOutput(output.toFile()).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new GatewayProcess(process, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its start, whose output is to be chosen. */
  public static ProcessBuilder builder(Path folder, String yaml, String before) {
    return builder(
        folder,
        yaml,
        before,
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-Dio.netty.leakDetection.level=disabled"));
  }

  private static ProcessBuilder builder(
      Path folder, String yaml, String before, List<String> options) {
    try {
      Path config = Files.writeString(folder.resolve("process.yml"), yaml);
      List<String> command =
          new ArrayList<>(
              List.of("env", "--default-signal", "sh", "-c", before + " exec \"$@\" 3>&2", "sh"));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.addAll(List.of("-cp", classPath()));
      command.addAll(List.of("io.harborgateway.cli.Main", "run", "--config", config.toString()));
      return new ProcessBuilder(command).redirectErrorStream(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Surefire's own is a jar that only names the class path. */
  static String classPath() {
    String ofTests = System.getProperty("surefire.test.class.path");
    return ofTests != null ? ofTests : System.getProperty("java.class.path");
  }

  /** Returns once it has said that it is started. */
  public GatewayProcess started() {
    awaitLine("gateway started");
    return this;
  }

  /** Returns once its output has this text. */
  public void awaitLine(String text) {
    Await.until(
        text,
        Duration.ofSeconds(40),
        () -> {
          if (output().contains(text)) {
            return true;
          }
          if (!process.isAlive()) {
            throw new IllegalStateException("the gateway has ended: " + output());
          }
          return false;
        });
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often its output has this text. */
  long count(String text) {
    return output().lines().filter(line -> line.contains(text)).count();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Waits for its end; returns the exit code. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(40, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + output());
    }
    return process.exitValue();
  }

  public long pid() {
    return process.pid();
  }

  ProcessMemory.Resident memory() {
    return ProcessMemory.resident(process.pid());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
