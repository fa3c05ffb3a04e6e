package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpDialTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Loop loop = new Loop(Transport.EPOLL);

  @AfterEach
  void close() {
    loop.close();
  }

  private TcpStream dial(int port, Duration timeout) throws Exception {
    var result = new CompletableFuture<TcpStream>();
    var listener =
        new TcpDial.Callback() {
          @Override
          public void connected(TcpStream stream) {
            result.complete(stream);
          }

          @Override
          public void connectFailed(Exception cause) {
            result.completeExceptionally(cause);
          }
        };
    var deadlines = new Deadlines(loop.loop());
    var address = new InetSocketAddress(LOOPBACK, port);
    loop.run(() -> TcpDial.start(loop.loop(), address, timeout, deadlines, listener));
    return result.get(20, TimeUnit.SECONDS);
  }

  @Test
  void connects() throws Exception {
    try (var server = new ServerSocket(0, 1, LOOPBACK)) {
      TcpStream stream = dial(server.getLocalPort(), Duration.ofSeconds(10));
      assertThat(stream.fd().isOpen()).isTrue();
      loop.run(stream::close);
      assertThat(stream.fd().isOpen()).isFalse();
    }
  }

  @Test
  void whereNobodyListensItFails() throws Exception {
    int port;
    try (var gone = new ServerSocket(0, 1, LOOPBACK)) {
      port = gone.getLocalPort();
    }
    assertThatThrownBy(() -> dial(port, Duration.ofSeconds(10)))
        .hasRootCauseInstanceOf(ConnectException.class)
        .hasMessageContaining("refused");
  }

  /** A full queue drops the first packets, so that connecting takes a second or for ever. */
  @Test
  void whatIsNotThereAtOnceIsWaitedForUpToTheTimeout() throws Exception {
    try (var server = new ServerSocket(0, 1, LOOPBACK)) {
      List<Socket> queued = new ArrayList<>();
      for (int i = 0; i < 2; i++) { // the kernel's queue takes one more than it is told
        queued.add(new Socket(LOOPBACK, server.getLocalPort()));
      }
      assertThatThrownBy(() -> dial(server.getLocalPort(), Duration.ofMillis(200)))
          .hasRootCauseInstanceOf(ConnectTimeoutException.class);

      var makingRoom =
          CompletableFuture.runAsync(() -> {
            try {
              TimeUnit.MILLISECONDS.sleep(300);
              server.accept().close();
              server.accept().close();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      TcpStream stream = dial(server.getLocalPort(), Duration.ofSeconds(15));
      loop.run(stream::close);
      makingRoom.get(10, TimeUnit.SECONDS);
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }
}
