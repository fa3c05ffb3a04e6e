package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LingeringCloseTest {
  private final Loop loop = new Loop(Transport.best());
  private Loop.Connection connection;

  @BeforeEach
  void connect() throws Exception {
    connection = loop.connect();
    connection.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    loop.close();
  }

  private void linger(int bytesBefore, Duration writeLimit) throws Exception {
    Channel channel = connection.channel();
    loop.run(() -> {
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytesBefore]));
      channel.pipeline().addLast(new LingeringClose(writeLimit));
    });
  }

  @Test
  void thePeerReadsTheLastResponseAlthoughItGoesOnSending() throws Exception {
    byte[] more = new byte[1 << 20];
    connection.peer().getOutputStream().write(more, 0, 1000);
    linger(1000, Duration.ofMinutes(1));
    connection.peer().getOutputStream().write(more);
    assertThat(connection.peer().getInputStream().readAllBytes()).hasSize(1000);
    connection.peer().close();
    loop.await("the connection is closed", () -> !connection.channel().isOpen());
  }

  @Test
  void thePeersEndEndsIt() throws Exception {
    linger(10, Duration.ofMinutes(1));
    connection.peer().shutdownOutput();
    loop.await("the connection is closed", () -> !connection.channel().isOpen());
  }

  @Test
  void aPeerThatSendsForEverIsReset() throws Exception {
    linger(10, Duration.ofMinutes(1));
    byte[] block = new byte[1 << 20];
    SocketException failure = null;
    for (int i = 0; i < 200 && failure == null; i++) {
      try {
        connection.peer().getOutputStream().write(block);
      } catch (SocketException e) {
        failure = e;
      }
    }
    assertThat(failure).isNotNull();
  }

  @Test
  void aPeerThatSaysNothingIsClosedAfterSomeSeconds() throws Exception {
    long before = System.nanoTime();
    linger(10, Duration.ofMinutes(1));
    loop.await("the connection is closed", () -> !connection.channel().isOpen());
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(LingeringClose.MAX_SECONDS));
  }

  @Test
  void whatWasWrittenBeforeIsNotCutOffWhileThePeerTakesIt() throws Exception {
    int bytes = 32 << 20;
    linger(bytes, Duration.ofMinutes(1));
    // Longer than the time that a peer has once it was sent the FIN.
    long silentUntil = System.nanoTime() + Duration.ofSeconds(6).toNanos();
    var in = connection.peer().getInputStream();
    long received = in.readNBytes(1000).length;
    Await.until("time passes", () -> System.nanoTime() > silentUntil);
    assertThat(connection.channel().isOpen()).isTrue();
    assertThat(received + in.readAllBytes().length).isEqualTo(bytes);
  }

  @Test
  void aPeerThatTakesNothingIsReset() throws Exception {
    linger(32 << 20, Duration.ofMillis(300));
    loop.await("the connection is closed", () -> !connection.channel().isOpen());
  }
}
