package io.harborgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeakDetectionTest {
  static List<ByteBufAllocator> allocators() {
    return List.of(ByteBufAllocator.DEFAULT, PooledByteBufAllocator.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("allocators")
  void findsABufferThatWasNotReleasedAndSaysWhoseItIs(ByteBufAllocator allocator) {
    allocator.directBuffer(64).writeByte(1); // the leak
    // Taken from the detection here, so that it does not fail this class.
    assertThat(LeakDetection.drain())
        .singleElement()
        .asString()
        .startsWith("leaked: " + ByteBuf.class.getName())
        .contains("LeakDetectionTest");
    assertThat(LeakDetection.drain()).as("reported once").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("allocators")
  void findsNothingWhenAllIsReleased(ByteBufAllocator allocator) {
    allocator.directBuffer(64).writeByte(1).release();
    assertThat(LeakDetection.drain()).isEmpty();
  }

  @Test
  void findsTheLeaksOfADetectorThatAnotherRecorderMade() {
    var recorder = new LeakRecorder();
    recorder.newResourceLeakDetector(Object.class, 1).trackForcibly(new Object());
    assertThat(recorder.drain()).singleElement().asString().startsWith("leaked: java.lang.Object");
  }
}
