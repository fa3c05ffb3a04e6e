package io.harborgateway.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessTimesTest {
  @Test
  void ticksAreThoseOfUserAndSystemWhateverTheNameIs() {
    String stat = "42 (a ) (b c) S 1 42 42 0 -1 4194560 10 0 0 0 123 77 5 6 20 0 3 0 100 0";

    assertThat(ProcessTimes.ticks(stat)).isEqualTo(200);
  }

  @Test
  void shortStatIsRefused() {
    assertThatThrownBy(() -> ProcessTimes.ticks("42 (a) S 1")).hasMessageContaining("15 fields");
  }

  @Test
  void machineIsBusyButForIdleAndIowait() {
    String stat = "cpu  10 1 20 1000 500 3 4 2 99 98\ncpu0 1 2 3\n";

    assertThat(ProcessTimes.machineTicks(stat)).isEqualTo(40);
  }

  @Test
  void residentMemoryIsInBytes() {
    assertThat(ProcessTimes.residentBytes("Name:\tx\nVmRSS:\t    1024 kB\nThreads:\t1\n"))
        .isEqualTo(1 << 20);
  }

  @Test
  void thisProcessHasUsedSomething() throws IOException {
    List<Long> own = List.of(ProcessHandle.current().pid());

    assertThat(ProcessTimes.residentBytes(own)).isPositive();
    assertThat(ProcessTimes.cpuSeconds(own)).isBetween(0.0, ProcessTimes.machineSeconds());
  }
}
