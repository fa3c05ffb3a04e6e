package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClosingTest {
  private final Loop loop = new Loop(Transport.best());
  private Loop.Connection connection;

  @BeforeEach
  void connect() throws Exception {
    connection = loop.connect();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    loop.close();
  }

  @Test
  void aResetIsSeenAsOne() throws Exception {
    loop.run(() -> Closing.reset(connection.channel()));
    assertThatThrownBy(() -> connection.peer().getInputStream().read())
        .isInstanceOf(SocketException.class);
  }

  @Test
  void closesAfterWhatWasWritten() throws Exception {
    int bytes = 32 << 20; // more than the kernel takes at once
    loop.run(() -> {
      connection.channel().write(Unpooled.wrappedBuffer(new byte[bytes]));
      Closing.afterWrites(connection.channel(), Duration.ofMinutes(1));
    });
    assertThat(connection.peer().getInputStream().readAllBytes()).hasSize(bytes);
    loop.await("it is closed", () -> !connection.channel().isOpen());
  }

  @Test
  void resetsAPeerThatTakesNothing() throws Exception {
    loop.run(() -> {
      connection.channel().write(Unpooled.wrappedBuffer(new byte[32 << 20]));
      Closing.afterWrites(connection.channel(), Duration.ofMillis(300));
    });
    loop.await("it is closed", () -> !connection.channel().isOpen());
  }

  @Test
  void theFinFollowsWhatWasWrittenAndLeavesTheOtherDirectionOpen() throws Exception {
    int bytes = 32 << 20;
    loop.run(() -> {
      connection.channel().write(Unpooled.wrappedBuffer(new byte[bytes]));
      Closing.outputAfterWrites(connection.channel());
    });
    assertThat(connection.peer().getInputStream().readAllBytes()).hasSize(bytes);
    assertThat(connection.channel().isOpen()).isTrue();
    connection.peer().getOutputStream().write(1);
  }
}
