package io.harborgateway.testkit;

/**
 * How far one attempt at a backend came, as net/http/httptrace tells gorouter. Written by the
 * threads of the connection, read by the one of the request.
 */
final class RequestTrace {
  private volatile boolean connected;
  private volatile boolean reused;
  private volatile boolean headWritten;
  private volatile boolean bodyTaken;
  private volatile boolean answered;
  private volatile boolean nothingWritten;

  /** There is a connection, with its TLS. */
  void connected(boolean wasIdle) {
    connected = true;
    reused = wasIdle;
  }

  /** The head was written: to the buffer, and on if it does not fit. */
  void headWritten() {
    headWritten = true;
  }

  /** The body was begun, so it cannot be sent again. */
  void bodyTaken() {
    bodyTaken = true;
  }

  /** The first byte of a response has come. */
  void answered() {
    answered = true;
  }

  /** The connection failed before a byte of the request was on its way. */
  void nothingWritten() {
    nothingWritten = true;
  }

  boolean isConnected() {
    return connected;
  }

  boolean isReused() {
    return reused;
  }

  boolean isHeadWritten() {
    return headWritten;
  }

  boolean isBodyTaken() {
    return bodyTaken;
  }

  boolean isAnswered() {
    return answered;
  }

  boolean isNothingWritten() {
    return nothingWritten;
  }
}
