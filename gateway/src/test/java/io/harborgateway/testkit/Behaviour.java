package io.harborgateway.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * What an {@link Origin} does with one connection, on a thread of its own. Ready-made ones are in
 * {@link Behaviours}.
 */
@FunctionalInterface
public interface Behaviour {
  /**
   * Serves the connection; when it returns, the origin closes it: with a reset if it set the
   * socket's linger time to 0, else orderly (over TLS with a close_notify).
   *
   * @param in buffered; what the client sent, decrypted
   * @param out not buffered; what the client is to receive, in clear
   */
  void serve(InputStream in, OutputStream out, Socket socket) throws IOException;

  /** How many requests were read whole; 0 for what does not speak HTTP. */
  default long requests() {
    return 0;
  }
}
