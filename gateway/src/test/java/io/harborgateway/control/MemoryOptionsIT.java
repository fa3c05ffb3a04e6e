package io.harborgateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.logging.StandardError;
import io.harborgateway.testkit.ShippedOptions;
import io.harborgateway.transport.Buffers;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a JVM with the launcher's options does when memory ends. */
@Timeout(100)
class MemoryOptionsIT {
  /** Runs in a JVM of its own. */
  static final class Exhaust {
    private Exhaust() {}

    /**
     * Takes memory until there is no more.
     *
     * @param arguments which memory: {@code heap} or {@code buffers}; {@code noise} first fills the
     *     output
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
      StandardError.discard(); // as `run` does
      List<Object> kept = new ArrayList<>();
      if (arguments[0].equals("noise")) {
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (true) {
                System.out.println("noise");
              }
            });
        TimeUnit.SECONDS.sleep(1);
      }
      if (!arguments[0].equals("buffers")) {
        Thread.ofPlatform()
            .name("log")
            .start(() -> {
              while (true) {
                kept.add(new byte[1 << 20]);
              }
            });
        return;
      }
      long begun = 0;
      try {
        while (true) {
          begun = System.nanoTime();
          kept.add(PooledByteBufAllocator.DEFAULT.directBuffer(1 << 20));
        }
      } catch (OutOfMemoryError e) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        long limit = Buffers.budget().limit();
        System.out.printf("%d ms, %d MiB, limit %d: %s%n", millis, kept.size(), limit, e);
      }
    }
  }

  private record Ended(int exitCode, String output) {}

  private static Ended exhaust(String what, String... options) throws Exception {
    Process process = start(what, options);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private static Process start(String what, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 3>&2", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ShippedOptions.list());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", GatewayProcess.classPath(), Exhaust.class.getName(), what));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @Test
  void anAllocationBeyondTheLimitFailsAtOnceAndTheProcessGoesOn() throws Exception {
    Ended ended = exhaust("buffers");
    assertThat(ended.output())
        .contains("limit 234881024: io.netty.util.internal.OutOfDirectMemoryError");
    // The JDK's own way, without Netty's limit: 0.5 s of sleep, here before the error's stack
    // trace.
    String line = ended.output().lines().filter(text -> text.contains("limit")).findFirst().get();
    assertThat(Integer.parseInt(line.substring(0, line.indexOf(' ')))).isLessThan(400);
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void withoutHeapTheProcessSaysSoAndEndsWhicheverThreadItHits() throws Exception {
    Ended ended = exhaust("heap", "-Xmx32m");
    assertThat(ended.output())
        .isEqualTo("harbor-gateway: java.lang.OutOfMemoryError, exit code 3\n");
    assertThat(ended.exitCode()).isEqualTo(3);
  }

  /** The JVM's own message would wait for the reader, and the process live on without a thread. */
  @Test
  void withoutHeapTheProcessEndsThoughNobodyReadsItsOutput() throws Exception {
    Process process = start("noise", "-Xmx32m");
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the end").isTrue();
      assertThat(process.exitValue()).isEqualTo(3);
    } finally {
      process.destroyForcibly();
    }
  }
}
