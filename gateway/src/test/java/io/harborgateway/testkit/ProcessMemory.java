package io.harborgateway.testkit;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this JVM at one moment, in bytes.
 *
 * @param resident what the kernel counts for the process now
 * @param heap used heap, garbage included
 * @param direct of direct NIO buffers, Netty's with a cleaner among them
 * @param nettyDirect of Netty's direct buffers without a cleaner; -1 when Netty does not count them
 */
public record ProcessMemory(Resident resident, long heap, long direct, long nettyDirect) {
  /**
   * Resident memory of any process, in bytes.
   *
   * @param now VmRSS
   * @param peak VmHWM, the most there ever was
   */
  public record Resident(long now, long peak) {}

  /** This JVM's. */
  public static ProcessMemory ofThisJvm() {
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return new ProcessMemory(
        resident(ProcessHandle.current().pid()),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        direct,
        PlatformDependent.usedDirectMemory());
  }

  /**
   * Another process's, read from /proc.
   *
   * @throws UncheckedIOException when there is no such process
   */
  public static Resident resident(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      String text = Files.readString(status);
      return new Resident(bytes(text, "VmRSS:"), bytes(text, "VmHWM:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(String status, String field) {
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kib -> Long.parseLong(kib) * 1024)
        .findFirst()
        .orElseThrow(() -> new AssertionError(field + " is not in: " + status));
  }

  /** The figures in MiB, for the report of a test. */
  @Override
  public String toString() {
    return "resident %d MiB (peak %d), heap %d, direct %d, Netty's direct %d"
        .formatted(
            mebibytes(resident.now),
            mebibytes(resident.peak),
            mebibytes(heap),
            mebibytes(direct),
            mebibytes(nettyDirect));
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }
}
