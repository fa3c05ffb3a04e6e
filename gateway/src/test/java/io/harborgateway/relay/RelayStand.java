package io.harborgateway.relay;

import io.harborgateway.transport.Deadlines;
import io.harborgateway.transport.Loop;
import io.harborgateway.transport.MemoryBudget;
import io.harborgateway.transport.MemoryRelief;
import io.harborgateway.transport.TcpDial;
import io.harborgateway.transport.TcpStream;
import io.harborgateway.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A relay between two real sockets, in one of the ways that there are: to its peers they must not
 * differ.
 */
final class RelayStand implements AutoCloseable {
  /** The ways to relay. */
  enum Way {
    CHANNELS_ON_EPOLL(Transport.EPOLL),
    CHANNELS_ON_NIO(Transport.NIO),
    STREAMS(Transport.EPOLL);

    private final Transport transport;

    Way(Transport transport) {
      this.transport = transport;
    }

    Transport transport() {
      return transport;
    }
  }

  /** How a relay ended. */
  record End(long received, long sent, @Nullable String why) {}

  private static final long MEMORY = 1_000_000;

  private final AtomicLong memoryUsed = new AtomicLong();
  private final Loop loop;
  private final Deadlines deadlines;
  private final RelayBuffers buffers;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final Socket front;
  private final Socket upstream;
  private final Starter starter;
  private final Callable<Long> waiting;
  private final Callable<Boolean> open;
  private final Runnable closer;

  private interface Starter {
    void start(Duration inactivity) throws Exception;
  }

  RelayStand(Way way) throws Exception {
    this(way, new Loop(way.transport()));
  }

  /** Uses a loop, which is closed with the stand, as are the relay's buffers. */
  RelayStand(Way way, Loop loop) throws Exception {
    this(way, loop, new RelayBuffers(loop.loop()));
  }

  RelayStand(Way way, Loop loop, RelayBuffers buffers) throws Exception {
    this.loop = loop;
    this.deadlines = new Deadlines(loop.loop());
    this.buffers = buffers;
    var budget = new MemoryBudget(MEMORY, memoryUsed::get, memoryUsed::get, System::nanoTime);
    var relief = new MemoryRelief(loop.loop(), budget);
    Relay.Observer listener = (received, sent, why) -> end.complete(new End(received, sent, why));
    if (way == Way.STREAMS) {
      StreamConnection a = connect();
      StreamConnection b = connect();
      front = a.peer;
      upstream = b.peer;
      SpliceRelay[] relay = new SpliceRelay[1];
      starter =
          inactivity -> {
            relay[0] =
                new SpliceRelay(
                    a.stream, b.stream, inactivity, deadlines, buffers, relief, listener);
            relay[0].start();
          };
      waiting = () -> relay[0].waiting();
      open = () -> a.stream.fd().isOpen() || b.stream.fd().isOpen();
      closer =
          () -> {
            a.stream.close();
            b.stream.close();
          };
    } else {
      Loop.Connection a = loop.connect();
      Loop.Connection b = loop.connect();
      b.channel().config().setAutoClose(false); // as one that was dialled has it
      front = a.peer();
      upstream = b.peer();
      starter =
          inactivity ->
              new Relay(a.channel(), b.channel(), inactivity, deadlines, relief, listener).start();
      waiting = () -> pending(a) + pending(b);
      open = () -> a.channel().isOpen() || b.channel().isOpen();
      closer =
          () -> {
            a.channel().close();
            b.channel().close();
          };
    }
  }

  private record StreamConnection(TcpStream stream, Socket peer) {}

  private static long pending(Loop.Connection connection) {
    var buffer = connection.channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  private StreamConnection connect() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var connected = new CompletableFuture<TcpStream>();
      loop.run(() ->
          TcpDial.start(
              loop.loop(),
              (InetSocketAddress) server.getLocalSocketAddress(),
              Duration.ofSeconds(10),
              deadlines,
              new TcpDial.Callback() {
                @Override
                public void connected(TcpStream stream) {
                  connected.complete(stream);
                }

                @Override
                public void connectFailed(Exception cause) {
                  connected.completeExceptionally(cause);
                }
              }));
      Socket peer = server.accept();
      peer.setSoTimeout(10_000);
      return new StreamConnection(connected.get(10, TimeUnit.SECONDS), peer);
    }
  }

  /** Begins to relay. */
  RelayStand start(Duration inactivity) throws Exception {
    loop.call(() -> {
      starter.start(inactivity);
      return true;
    });
    return this;
  }

  /** The peer of the front connection: the client. */
  Socket front() {
    return front;
  }

  /** The peer of the upstream connection. */
  Socket upstream() {
    return upstream;
  }

  /** Has this share of the memory for buffers be in use, in percent. */
  void memoryUsed(int percent) {
    memoryUsed.set(MEMORY * percent / 100);
  }

  /** Waits for the relay's end. */
  End end() throws Exception {
    return end.get(10, TimeUnit.SECONDS);
  }

  /** Bytes that were read and not written yet. */
  long waiting() throws Exception {
    return loop.call(waiting);
  }

  /** Whether a connection of the relay is open. */
  boolean isOpen() throws Exception {
    return loop.call(open);
  }

  Loop loop() {
    return loop;
  }

  RelayBuffers buffers() {
    return buffers;
  }

  /** Closes what is left, and ends the event loop. */
  @Override
  public void close() throws Exception {
    front.close();
    upstream.close();
    loop.run(closer); // Netty may miss it, when it is told to end while it runs tasks
    loop.close();
    buffers.close();
  }
}
