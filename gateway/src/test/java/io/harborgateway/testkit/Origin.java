package io.harborgateway.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An upstream on a loopback port whose behaviour the test chooses, and which tells what reached it.
 * Thread-safe.
 */
public final class Origin implements AutoCloseable {
  private final InetAddress host;
  private final @Nullable SSLContext tls;
  private final AtomicInteger accepted = new AtomicInteger();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final List<RecordingStream> recordings = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Behaviour behaviour;
  private volatile ServerSocket listener;
  private volatile Thread acceptor;
  private volatile int port; // of the first start; kept for the next ones

  private Origin(InetAddress host, Behaviour behaviour, @Nullable SSLContext tls) {
    this.host = host;
    this.behaviour = behaviour;
    this.tls = tls;
    this.listener = listen();
    this.port = listener.getLocalPort();
    this.acceptor = startAccepting(listener);
  }

  /** Starts on 127.0.0.1. */
  public static Origin start(Behaviour behaviour) {
    return startAt("127.0.0.1", behaviour);
  }

  /** Starts on this address, for example {@code ::1}. */
  public static Origin startAt(String address, Behaviour behaviour) {
    return new Origin(InetAddress.ofLiteral(address), behaviour, null);
  }

  /** Starts on 127.0.0.1 with TLS; the behaviour sees what is inside of it. */
  public static Origin startTls(SSLContext tls, Behaviour behaviour) {
    return new Origin(InetAddress.ofLiteral("127.0.0.1"), behaviour, tls);
  }

  /** Where it listens, or did before it was stopped. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /** The port, the same after a stop and start. */
  public int port() {
    return port;
  }

  /** Changes what connections meet that are accepted from now on. */
  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** How many connections were accepted so far. */
  public int connections() {
    return accepted.get();
  }

  /** How many of them are open. */
  public int openConnections() {
    return open.size();
  }

  /** How many HTTP requests the present behaviour has read whole. */
  public long requests() {
    return behaviour.requests();
  }

  /** What arrived on all connections, in bytes; over TLS, inside of it. */
  public long bytesReceived() {
    return bytesReceived.sum();
  }

  /** What was sent on all connections, in bytes; over TLS, inside of it. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /**
   * What arrived on each connection in the order of acceptance, byte for byte as ISO-8859-1, of
   * each the first 64 KiB.
   */
  public List<String> received() {
    return recordings.stream().map(RecordingStream::start).toList();
  }

  /** What ended connections early: peers that went away, failed handshakes, broken messages. */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** Stops listening and closes all connections; connecting is refused from now on. */
  public void stop() {
    close(listener);
    // The JDK keeps the port open until the thread in accept() has left it.
    Await.until("the origin's listener ended", () -> !acceptor.isAlive());
    open.forEach(Origin::close);
    Await.until("the origin's port refuses", this::refuses); // a blocked accept ends a moment later
    Await.until("the origin's connections ended", open::isEmpty);
  }

  private boolean refuses() throws IOException {
    try (var socket = new Socket()) {
      socket.connect(address());
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  /** Listens again on the same port. */
  public void restart() {
    listener = listen();
    acceptor = startAccepting(listener);
  }

  @Override
  public void close() {
    stop();
  }

  private ServerSocket listen() {
    try {
      return new ServerSocket(port, 1024, host);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Thread startAccepting(ServerSocket from) {
    return Thread.ofVirtual().name("origin").start(() -> accept(from));
  }

  private void accept(ServerSocket from) {
    while (true) {
      Socket socket;
      try {
        socket = from.accept();
      } catch (IOException e) {
        if (!from.isClosed()) {
          failures.add(e);
        }
        return;
      }
      accepted.incrementAndGet();
      open.add(socket);
      if (from.isClosed()) {
        close(socket); // accepted while stop() went through the open ones
      }
      Thread.ofVirtual().name("origin connection").start(() -> serve(socket));
    }
  }

  private void serve(Socket transport) {
    try (transport) {
      Socket socket = tls == null ? transport : handshake(tls, transport);
      var in = new RecordingStream(socket.getInputStream(), bytesReceived);
      var out = new CountingStream(socket.getOutputStream(), bytesSent);
      recordings.add(in);
      behaviour.serve(new BufferedInputStream(in, 64 << 10), out, socket);
      if (transport.getSoLinger() == 0) {
        transport.close(); // below TLS: a close_notify would soften the reset
      }
      socket.close();
    } catch (IOException | RuntimeException | AssertionError e) {
      failures.add(e);
    } finally {
      open.remove(transport);
    }
  }

  private static SSLSocket handshake(SSLContext tls, Socket transport) throws IOException {
    var socket = (SSLSocket) tls.getSocketFactory().createSocket(transport, null, true);
    socket.setUseClientMode(false);
    socket.startHandshake();
    return socket;
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
