package io.harborgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.harborgateway.testkit.Await;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpServerTest {
  private final Loop loop = new Loop(Transport.EPOLL);
  private final List<FileDescriptor> accepted = new ArrayList<>(); // confined to the loop
  private final List<InetAddress> clients = new ArrayList<>(); // so is this
  private TcpServer server;

  @BeforeEach
  void bind() throws Exception {
    var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    server = TcpServer.bind(loop.loop(), address, 16, false, new Recorder());
  }

  @AfterEach
  void close() throws Exception {
    loop.call(() -> {
      server.close();
      for (FileDescriptor descriptor : accepted) {
        descriptor.close();
      }
      return true;
    });
    loop.close();
  }

  private final class Recorder implements TcpServer.Callback {
    @Override
    public void accepted(TcpServer from, FileDescriptor descriptor, byte[] client) {
      accepted.add(descriptor);
      clients.add(TcpServer.address(client));
    }

    @Override
    public void acceptFailed(TcpServer from, IOException cause) {
      throw new AssertionError(cause);
    }
  }

  private void start() throws Exception {
    loop.call(() -> {
      server.start();
      return true;
    });
  }

  private List<Socket> connect(int connections) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      var to = server.localAddress();
      sockets.add(new Socket(to.getAddress(), to.getPort()));
    }
    return sockets;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void acceptsAllThatWaitAndKnowsTheirAddresses() throws Exception {
    var sockets = connect(10);
    start();
    loop.await("all are accepted", () -> accepted.size() == 10);
    assertThat(loop.call(() -> List.copyOf(clients)))
        .containsOnly(InetAddress.ofLiteral("127.0.0.1"));
    close(sockets);
  }

  @Test
  void acceptedSocketsInheritNoDelay() throws Exception {
    start();
    var sockets = connect(1);
    loop.await("it is accepted", () -> accepted.size() == 1);
    var socket = new io.netty.channel.unix.Socket(loop.call(accepted::getFirst).intValue());
    assertThat(socket.isTcpNoDelay()).isTrue();
    close(sockets);
  }

  @Test
  void aPausedServerAcceptsLater() throws Exception {
    start();
    loop.run(() -> server.pause(300, TimeUnit.MILLISECONDS));
    long before = System.nanoTime();
    var sockets = connect(1);
    Await.until("it is accepted", () -> loop.call(() -> accepted.size() == 1));
    assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
    close(sockets);
  }

  @Test
  void whatWaitsWhenItStopsIsAccepted() throws Exception {
    loop.call(() -> {
      server.start();
      var sockets = connect(3); // on the loop, which so can't accept them meanwhile
      server.stop();
      assertThat(accepted).hasSize(3);
      close(sockets);
      return true;
    });
  }
}
