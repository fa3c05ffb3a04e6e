package io.harborgateway.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel says of a process under /proc. */
public final class ProcessTimes {
  /** The unit of the times in /proc/PID/stat, which is the same for every Linux: USER_HZ. */
  private static final double TICKS_PER_SECOND = 100;

  // proc(5) counts fields from 1; what follows the name in parentheses begins with field 3.
  private static final int UTIME = 14 - 3;
  private static final int STIME = 15 - 3;

  private ProcessTimes() {}

  /** Returns the user and system time of all threads of the processes so far, in seconds. */
  public static double cpuSeconds(List<Long> pids) throws IOException {
    long ticks = 0;
    for (long pid : pids) {
      ticks += ticks(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Returns utime + stime of the text of a /proc/PID/stat. */
  static long ticks(String stat) {
    // The name may have blanks and parentheses itself.
    int name = stat.lastIndexOf(')');
    String[] fields = stat.substring(name + 1).strip().split(" ", -1);
    if (name < 0 || fields.length <= STIME) {
      throw new IllegalArgumentException(
          "/proc/PID/stat: \"" + stat.strip() + "\" (expected: at least 15 fields)");
    }
    return Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
  }

  /** Returns what all processes of the machine used so far, in seconds of one core. */
  public static double machineSeconds() throws IOException {
    return machineTicks(Files.readString(Path.of("/proc/stat"))) / TICKS_PER_SECOND;
  }

  /** Returns the busy time of the text of a /proc/stat: all but idle and iowait. */
  static long machineTicks(String stat) {
    String[] fields = stat.lines().findFirst().orElse("").split(" +", -1);
    if (!fields[0].equals("cpu") || fields.length < 9) {
      throw new IllegalArgumentException(
          "/proc/stat: \"" + fields[0] + "…\" (expected: cpu and at least 8 times)");
    }
    long ticks = 0;
    for (int i = 1; i < 9; i++) { // user nice system idle iowait irq softirq steal
      ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
    }
    return ticks;
  }

  /** Returns the resident memory of the processes, in bytes. */
  public static long residentBytes(List<Long> pids) throws IOException {
    long bytes = 0;
    for (long pid : pids) {
      bytes += residentBytes(Files.readString(Path.of("/proc/" + pid + "/status")));
    }
    return bytes;
  }

  /** Returns VmRSS of the text of a /proc/PID/status, in bytes. */
  static long residentBytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kib -> Long.parseLong(kib) * 1024)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("/proc/PID/status: no VmRSS (expected: a process)"));
  }
}
