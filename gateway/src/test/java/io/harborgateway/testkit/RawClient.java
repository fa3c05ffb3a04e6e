package io.harborgateway.testkit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends exactly the bytes it is told, over TCP or TLS. Every read ends after its
 * timeout (5 s unless set) with a {@link java.net.SocketTimeoutException}. For one thread.
 */
public final class RawClient implements AutoCloseable {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  private final Socket transport;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final HttpReader reader;

  private RawClient(Socket transport, Socket socket) throws IOException {
    this.transport = transport;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    this.out = socket.getOutputStream();
    this.reader = new HttpReader(in);
  }

  /** How to connect over TLS. */
  public static final class Tls {
    private final SSLContext context;
    private @Nullable String serverName;
    private String @Nullable [] protocols;
    private boolean verifiesName = true;

    private Tls(SSLContext context) {
      this.context = context;
    }

    /** Trusts and presents what the context has; no SNI. */
    public static Tls of(SSLContext context) {
      return new Tls(context);
    }

    /** Sends this name as SNI, and demands a certificate for it. */
    public Tls serverName(String name) {
      serverName = name;
      return this;
    }

    /** Takes a certificate for any name: still of a CA that the context trusts. */
    public Tls anyName() {
      verifiesName = false;
      return this;
    }

    /** Offers these versions only, for example {@code TLSv1.2}. */
    public Tls protocols(String... versions) {
      protocols = versions;
      return this;
    }

    private SSLSocket handshake(Socket transport, InetSocketAddress server) throws IOException {
      String name = serverName == null ? server.getAddress().getHostAddress() : serverName;
      var socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(transport, name, server.getPort(), true);
      var parameters = socket.getSSLParameters();
      if (serverName == null) {
        parameters.setServerNames(List.of());
      } else {
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setEndpointIdentificationAlgorithm(verifiesName ? "HTTPS" : null);
      }
      if (protocols != null) {
        parameters.setProtocols(protocols);
      }
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    }
  }

  /** Connects over TCP. */
  public static RawClient connect(InetSocketAddress server) throws IOException {
    Socket socket = open(server);
    return new RawClient(socket, socket);
  }

  /**
   * Connects over TLS.
   *
   * @throws javax.net.ssl.SSLException when the handshake fails, on either side
   */
  public static RawClient connect(InetSocketAddress server, Tls tls) throws IOException {
    Socket transport = open(server);
    try {
      return new RawClient(transport, tls.handshake(transport, server));
    } catch (IOException | RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  /**
   * Connects with a receive buffer of this many bytes, or as few as the kernel makes it: what is
   * not read then waits with the server.
   *
   * @param tls null for TCP alone
   */
  public static RawClient connectNarrow(
      InetSocketAddress server, @Nullable Tls tls, int receiveBufferBytes) throws IOException {
    var transport = new Socket();
    transport.setReceiveBufferSize(receiveBufferBytes);
    connect(transport, server);
    try {
      return new RawClient(transport, tls == null ? transport : tls.handshake(transport, server));
    } catch (IOException | RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  private static Socket open(InetSocketAddress server) throws IOException {
    var socket = new Socket();
    connect(socket, server);
    return socket;
  }

  private static void connect(Socket socket, InetSocketAddress server) throws IOException {
    socket.setTcpNoDelay(true); // bytes go out as they are sent, in the test's own pieces
    socket.setSoTimeout((int) DEFAULT_TIMEOUT.toMillis());
    try {
      socket.connect(server, (int) DEFAULT_TIMEOUT.toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Bounds each read from now on. */
  public RawClient timeout(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
    return this;
  }

  /** This client's own address, as the server sees it. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) transport.getLocalSocketAddress();
  }

  /** The TLS session: version, cipher suite, the server's certificates. */
  public SSLSession session() {
    if (socket instanceof SSLSocket secured) {
      return secured.getSession();
    }
    throw new IllegalStateException("this connection is not over TLS");
  }

  /** Sends ISO-8859-1. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends these bytes. */
  public RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /** The stream to send through, for bodies that are written as they are made. */
  public OutputStream output() {
    return out;
  }

  /** The stream of what was received and not read yet. */
  public InputStream input() {
    return in;
  }

  /** Reads a response to anything but HEAD: interim ones count, each is a response of its own. */
  public HttpResponse readResponse() throws IOException {
    return readResponse("GET");
  }

  /**
   * Reads a response.
   *
   * @param method of the request: a response to HEAD has no body
   */
  public HttpResponse readResponse(String method) throws IOException {
    HttpHead head = readHead();
    return new HttpResponse(head, reader.readResponseBody(head, method));
  }

  /** Reads a response's head only; its body is then in {@link #input}. */
  public HttpHead readHead() throws IOException {
    HttpHead head = reader.readHead();
    if (head == null) {
      throw new EOFException("closed before the first byte of a response");
    }
    return head;
  }

  /** Reads this many bytes, as ISO-8859-1. */
  public String read(int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("closed after " + read.length + " bytes (expected: " + bytes + ")");
    }
    return new String(read, StandardCharsets.ISO_8859_1);
  }

  /** Reads until the server has sent its last byte, as ISO-8859-1. */
  public String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /**
   * Demands that the server closes or resets without sending another byte.
   *
   * @throws AssertionError when it sends something
   */
  public void expectClosed() throws IOException {
    try {
      expectEnd();
    } catch (SocketException e) {
      return; // reset: as closed as can be
    }
  }

  /**
   * Demands an orderly end (FIN; over TLS a close_notify) without another byte before it.
   *
   * @throws AssertionError when the server sends something
   * @throws SocketException when the connection is reset
   */
  public void expectEnd() throws IOException {
    int first = in.read();
    if (first >= 0) {
      byte[] rest = in.readNBytes(in.available());
      throw new AssertionError(
          "received: \""
              + (char) first
              + new String(rest, StandardCharsets.ISO_8859_1)
              + "\" (expected: the connection closed)");
    }
  }

  /**
   * Demands a reset (RST), whatever comes before it.
   *
   * @throws AssertionError when the connection ends orderly
   */
  public void expectReset() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      return;
    }
    throw new AssertionError("the connection ended orderly (expected: reset)");
  }

  /** Ends this side (FIN; over TLS a close_notify); the other direction goes on. */
  public RawClient shutdownOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Ends this side with a FIN alone: over TLS without the close_notify. */
  public RawClient shutdownTransport() throws IOException {
    transport.shutdownOutput();
    return this;
  }

  /** Closes with a reset (RST), below TLS if there is any. */
  public void reset() throws IOException {
    transport.setSoLinger(true, 0);
    transport.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
