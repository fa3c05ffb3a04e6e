package io.harborgateway.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a {@link Gorouter} to one endpoint, as net/http's Transport: up to 100 idle
 * ones, of which the one used last is taken first. Thread-safe.
 */
final class BackendTransport {
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration TLS_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_IDLE = 100;
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** gorouter's default; with those of TLS 1.2 only a certificate with an RSA key works. */
  private static final String[] CIPHER_SUITES = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  };

  private final RouterEndpoint endpoint;
  private final Supplier<SSLContext> contexts;
  private final Deque<BackendConnection> idle = new ArrayDeque<>(); // guarded by this
  private boolean closed; // guarded by this

  /**
   * Connects when the first request comes.
   *
   * @param contexts asked for each connection, since gorouter never resumes a session
   */
  BackendTransport(RouterEndpoint endpoint, Supplier<SSLContext> contexts) {
    this.endpoint = endpoint;
    this.contexts = contexts;
  }

  /**
   * Sends a request and waits for its response. On an idle connection that turns out to be closed
   * it is sent again if it is replayable, until a new connection had its chance.
   */
  BackendResponse roundTrip(RouterRequest request, String head, RequestTrace trace)
      throws BackendException {
    while (true) {
      BackendConnection used = takeIdle();
      BackendConnection connection = used == null ? dial() : used;
      trace.connected(used != null);
      try {
        BackendResponse response = connection.exchange(request, head, trace);
        keep(connection);
        return response;
      } catch (BackendException e) {
        if (used == null || !isSentAgain(request, e.failure(), trace)) {
          throw e;
        }
      }
    }
  }

  /** By net/http's shouldRetryRequest. */
  private static boolean isSentAgain(
      RouterRequest request, BackendFailure failure, RequestTrace trace) {
    boolean closed =
        failure == BackendFailure.CLOSED_WHILE_IDLE
            || (!trace.isAnswered()
                && (failure == BackendFailure.END_OF_FILE || failure == BackendFailure.RESET));
    boolean nothingLost = trace.isNothingWritten() && request.body().length() == 0;
    return (closed && request.isReplayable())
        || (failure != BackendFailure.CLOSED_WHILE_IDLE && nothingLost);
  }

  private synchronized @Nullable BackendConnection takeIdle() {
    while (!idle.isEmpty()) {
      BackendConnection last = idle.removeLast();
      if (last.isOpen()) {
        return last;
      }
    }
    return null;
  }

  private void keep(BackendConnection connection) {
    synchronized (this) {
      if (!closed && connection.isOpen() && idle.size() < MAX_IDLE) {
        idle.addLast(connection);
        return;
      }
    }
    connection.close();
  }

  private synchronized void forget(BackendConnection connection) {
    idle.remove(connection);
  }

  /** How many connections wait for a request. */
  synchronized int idleConnections() {
    return idle.size();
  }

  /** Closes the idle connections; those in use go on, and are closed when they are done. */
  void close() {
    List<BackendConnection> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(idle);
      idle.clear();
    }
    all.forEach(BackendConnection::close);
  }

  private BackendConnection dial() throws BackendException {
    var transport = new Socket();
    boolean connected = false;
    try {
      connect(transport);
      var connection =
          BackendConnection.over(
              transport, endpoint.tls() ? handshake(transport) : transport, this::forget);
      connected = true;
      return connection;
    } catch (BackendException e) {
      throw e;
    } catch (IOException e) {
      throw new BackendException(BackendFailure.of(e), e);
    } finally {
      if (!connected) {
        close(transport);
      }
    }
  }

  private void connect(Socket transport) throws BackendException {
    try {
      transport.setTcpNoDelay(true);
      transport.connect(
          new InetSocketAddress(endpoint.host(), endpoint.port()), (int) DIAL_TIMEOUT.toMillis());
    } catch (IOException e) {
      throw new BackendException(BackendFailure.DIAL, e);
    }
  }

  private SSLSocket handshake(Socket transport) throws IOException {
    String name = endpoint.serverCertDomainSan();
    var socket =
        (SSLSocket)
            contexts
                .get()
                .getSocketFactory()
                .createSocket(
                    transport, name.isEmpty() ? endpoint.host() : name, endpoint.port(), true);
    var parameters = socket.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setCipherSuites(CIPHER_SUITES);
    parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.setSoTimeout((int) TLS_TIMEOUT.toMillis());
    socket.startHandshake();
    return socket;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
