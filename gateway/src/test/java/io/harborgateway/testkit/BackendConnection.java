package io.harborgateway.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link Gorouter} to a backend, as a persistConn of net/http: a thread of its
 * own reads all the time, so that the end of an idle connection is noticed at once, and a response
 * may come before the request is whole. One exchange at a time.
 */
final class BackendConnection {
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);

  /** How long the rest of a request is waited for when its response is whole. */
  private static final Duration WRITE_GRACE = Duration.ofMillis(50);

  private static final int WRITE_BUFFER_BYTES = 4 << 10;

  private final Socket transport;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final HttpReader reader;
  private final LongAdder written = new LongAdder();
  private final Consumer<BackendConnection> whenEnded;
  private volatile boolean writing;
  private boolean open = true; // guarded by this
  private @Nullable BackendExchange running; // guarded by this

  private BackendConnection(Socket transport, Socket socket, Consumer<BackendConnection> whenEnded)
      throws IOException {
    this.transport = transport;
    this.socket = socket;
    this.whenEnded = whenEnded;
    this.in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    this.out =
        new BufferedOutputStream(
            new CountingStream(socket.getOutputStream(), written), WRITE_BUFFER_BYTES);
    this.reader = new HttpReader(in);
  }

  /**
   * A connection that was just made.
   *
   * @param transport what is below the TLS, or {@code socket} itself
   * @param whenEnded told once, when it is of no use any more
   */
  static BackendConnection over(
      Socket transport, Socket socket, Consumer<BackendConnection> whenEnded) throws IOException {
    var connection = new BackendConnection(transport, socket, whenEnded);
    Thread.ofVirtual().name("gorouter backend").start(connection::read);
    return connection;
  }

  /** Whether it can take an exchange, as far as one knows. */
  synchronized boolean isOpen() {
    return open;
  }

  /**
   * Sends a request and waits for its response.
   *
   * @throws BackendException when there is none
   */
  BackendResponse exchange(RouterRequest request, String head, RequestTrace trace)
      throws BackendException {
    BackendExchange exchange = begin(request.method(), trace);
    long before = written.sum();
    CompletableFuture<Boolean> writes =
        CompletableFuture.supplyAsync(
            () -> write(request.body(), head, exchange), Thread::startVirtualThread);
    HttpHead answer;
    try {
      answer = exchange.awaitHead();
    } catch (BackendException e) {
      close();
      if (written.sum() == before) {
        trace.nothingWritten();
      }
      throw e;
    }
    try {
      HttpBody body = exchange.awaitBody();
      if (!isWhole(writes)) {
        close();
      }
      return new BackendResponse(answer, body, null);
    } catch (BackendException e) {
      close();
      return new BackendResponse(answer, new HttpBody.Receiver().body(List.of()), e);
    }
  }

  private synchronized BackendExchange begin(String method, RequestTrace trace)
      throws BackendException {
    if (!open) {
      throw new BackendException(
          BackendFailure.CLOSED_WHILE_IDLE, "the backend closed an idle connection");
    }
    writing = true;
    var exchange = new BackendExchange(method, trace);
    running = exchange;
    return exchange;
  }

  /** Whether the request went out whole. */
  private boolean write(RouterRequest.Body body, String head, BackendExchange exchange) {
    try {
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      exchange.trace().headWritten();
      if (body.length() != 0) {
        exchange.trace().bodyTaken();
        body.writeTo(out);
      }
      out.flush();
      return true;
    } catch (IOException | RuntimeException e) {
      exchange.writeFailed(e);
      return false;
    } finally {
      writing = false;
    }
  }

  private static boolean isWhole(CompletableFuture<Boolean> writes) {
    try {
      return writes.get(WRITE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void read() {
    Throwable why;
    try {
      boolean another = true;
      while (another) {
        another = readResponse();
      }
      why = new EOFException("the backend takes no other request on this connection");
    } catch (IOException | RuntimeException | AssertionError e) {
      why = e; // of an HttpReader an AssertionError says that the message is malformed
    }
    BackendExchange exchange;
    synchronized (this) {
      open = false;
      exchange = running;
      running = null;
    }
    whenEnded.accept(this);
    close();
    if (exchange != null) {
      exchange.readFailed(why);
    }
  }

  /** Returns whether another exchange may follow. */
  private boolean readResponse() throws IOException {
    boolean ended = !awaitByte();
    BackendExchange exchange = running();
    if (ended || exchange == null) {
      throw new EOFException(ended ? "the backend closed" : "bytes without a request");
    }
    exchange.trace().answered();
    HttpHead head = readHead();
    while (HttpResponse.status(head) < 200 && HttpResponse.status(head) != 101) {
      head = readHead(); // interim ones; relaying them is not what this double is for
    }
    exchange.answered(head);
    HttpBody body = reader.readResponseBody(head, exchange.method());
    boolean another = isKept(head, exchange.method());
    synchronized (this) {
      running = null;
      open &= another;
    }
    exchange.finished(body);
    return another;
  }

  /** Waits for the next response, without a limit while a request runs; false: the end came. */
  private boolean awaitByte() throws IOException {
    socket.setSoTimeout((int) IDLE_TIMEOUT.toMillis());
    while (true) {
      in.mark(1);
      try {
        boolean some = in.read() >= 0;
        in.reset();
        socket.setSoTimeout(0);
        return some;
      } catch (SocketTimeoutException e) {
        if (endIfIdle()) {
          throw e;
        }
      }
    }
  }

  private synchronized boolean endIfIdle() {
    boolean isIdle = running == null;
    if (isIdle) {
      open = false;
    }
    return isIdle;
  }

  private synchronized @Nullable BackendExchange running() {
    return running;
  }

  private HttpHead readHead() throws IOException {
    HttpHead head = reader.readHead();
    if (head == null) {
      throw new EOFException("no response after an interim one");
    }
    return head;
  }

  private static boolean isKept(HttpHead head, String method) {
    int status = HttpResponse.status(head);
    boolean framed =
        head.field("Content-Length").isPresent() || head.field("Transfer-Encoding").isPresent();
    return head.startLine().startsWith("HTTP/1.1 ")
        && status != 101
        && !head.has("Connection", "close")
        && (framed || method.equals("HEAD") || status == 204 || status == 304);
  }

  /** Closes with a close_notify, or at once if a thread may be stuck writing. Idempotent. */
  void close() {
    synchronized (this) {
      open = false;
    }
    try {
      if (writing) {
        transport.close();
      } else {
        socket.close();
      }
    } catch (IOException e) {
      // What ended the connection is known, and there is nobody to whom this would say more.
      return;
    }
  }
}
