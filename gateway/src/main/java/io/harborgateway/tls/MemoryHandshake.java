package io.harborgateway.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** A TLS handshake between two engines that exchange their records through buffers. */
final class MemoryHandshake {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Far more than any handshake needs; each round moves a buffer full of records. */
  private static final int MOST_ROUNDS = 1_000;

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer toServer;
  private final ByteBuffer toClient;
  private final ByteBuffer application;

  private MemoryHandshake(SSLEngine client, SSLEngine server) {
    this.client = client;
    this.server = server;
    int packet =
        Math.max(
            client.getSession().getPacketBufferSize(), server.getSession().getPacketBufferSize());
    this.toServer = ByteBuffer.allocate(2 * packet);
    this.toClient = ByteBuffer.allocate(2 * packet);
    this.application = ByteBuffer.allocate(2 * packet);
  }

  /**
   * Runs the handshake until both engines have completed it.
   *
   * @throws SSLException if one of them refuses, or neither makes progress
   */
  static void run(SSLEngine client, SSLEngine server) throws SSLException {
    client.setUseClientMode(true);
    server.setUseClientMode(false);
    new MemoryHandshake(client, server).run();
  }

  private void run() throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      boolean moved = send(client, toServer);
      moved |= receive(server, toServer);
      moved |= send(server, toClient);
      moved |= receive(client, toClient);
      if (!moved) {
        break;
      }
    }
    if (!isDone(client) || !isDone(server)) {
      throw new SSLHandshakeException(
          "it stops, client %s, server %s"
              .formatted(client.getHandshakeStatus(), server.getHandshakeStatus()));
    }
  }

  private static boolean isDone(SSLEngine engine) {
    HandshakeStatus status = engine.getHandshakeStatus();
    return status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED;
  }

  private static boolean send(SSLEngine engine, ByteBuffer out) throws SSLException {
    boolean moved = false;
    SSLEngineResult result;
    do {
      runTasks(engine);
      result = engine.wrap(NOTHING.duplicate(), out);
      moved |= result.bytesProduced() > 0;
    } while (result.bytesProduced() > 0);
    return moved;
  }

  private boolean receive(SSLEngine engine, ByteBuffer in) throws SSLException {
    boolean moved = false;
    in.flip();
    while (in.hasRemaining()) {
      runTasks(engine);
      SSLEngineResult result = engine.unwrap(in, application);
      application.clear();
      if (result.bytesConsumed() == 0) {
        break;
      }
      moved = true;
    }
    in.compact();
    runTasks(engine);
    return moved;
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
