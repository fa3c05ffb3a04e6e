package io.harborgateway.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
public final class Command {
  private static final Executor THREADS = Thread::startVirtualThread;

  private Command() {}

  /**
   * What a program left.
   *
   * @param stdout its standard output, byte for byte as ISO-8859-1
   * @param stderr its standard error, in UTF-8
   */
  public record Result(int exitCode, String stdout, String stderr) {
    /**
     * Demands that the program succeeded.
     *
     * @throws AssertionError when it did not exit with 0
     */
    public Result succeeded() {
      if (exitCode != 0) {
        throw new AssertionError("exit code: " + exitCode + " (expected: 0): " + stderr + stdout);
      }
      return this;
    }
  }

  /** Runs a program without input for at most 60 s. */
  public static Result run(List<String> command) {
    return run(command, new byte[0], Duration.ofSeconds(60));
  }

  /**
   * Runs a program, writes its input, and collects what it prints.
   *
   * @throws AssertionError when it has not ended in time; it is ended then
   */
  public static Result run(List<String> command, byte[] input, Duration atMost) {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      var stdout = read(process.getInputStream());
      var stderr = read(process.getErrorStream());
      var stdin =
          CompletableFuture.runAsync(() -> write(process.getOutputStream(), input), THREADS);
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            "still running after "
                + atMost.toMillis()
                + " ms: "
                + String.join(" ", command)
                + "\n"
                + text(stdout)
                + text(stderr));
      }
      stdin.join();
      return new Result(
          process.exitValue(),
          new String(stdout.join(), StandardCharsets.ISO_8859_1),
          text(stderr));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + String.join(" ", command), e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(CompletableFuture<byte[]> output) {
    return new String(output.join(), StandardCharsets.UTF_8);
  }

  private static CompletableFuture<byte[]> read(InputStream in) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (in) {
            return in.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        THREADS);
  }

  private static void write(OutputStream out, byte[] input) {
    try (out) {
      out.write(input);
    } catch (IOException e) {
      // The program ended before it read all of its input, as it may: its exit code tells why.
      return;
    }
  }
}
