package io.harborgateway.demo;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Stands in for gorouter: keeps the first {@code router.register} that NATS delivers. */
final class RegisterListener implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Connection connection;
  private final CompletableFuture<String> first = new CompletableFuture<>();

  private RegisterListener(Connection connection) {
    this.connection = connection;
  }

  /** Subscribes; returns once NATS has processed the subscription. */
  static RegisterListener connect(String url) throws IOException {
    var options =
        new Options.Builder()
            .server(url)
            .connectionName("harbor-gateway demo")
            .connectionTimeout(CONNECT)
            .noReconnect()
            .build();
    try {
      var listener = new RegisterListener(Nats.connect(options));
      listener
          .connection
          .createDispatcher(message ->
              listener.first.complete(new String(message.getData(), StandardCharsets.UTF_8)))
          .subscribe("router.register");
      listener.connection.flush(CONNECT);
      return listener;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      throw new IOException(url + ": no answer within " + CONNECT, e);
    }
  }

  /**
   * Waits for the message.
   *
   * @throws IOException if there is none in time
   */
  String first(Duration atMost) throws IOException {
    try {
      return first.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("no message within " + atMost.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Returns the message if it has arrived. */
  @Nullable String received() {
    return first.getNow(null);
  }

  @Override
  public void close() throws InterruptedException {
    connection.close();
  }
}
