package io.harborgateway.announce.nats;

import io.harborgateway.config.NatsAccess;
import io.harborgateway.config.NatsTlsConfig;
import io.harborgateway.config.values.Secret;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Options;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the jnats connection options from the configuration. */
public final class NatsOptions {
  /** Wait between two attempts, plus up to the jitter: nodes must not all connect at once. */
  public static final Duration RECONNECT_WAIT = Duration.ofSeconds(1);

  static final Duration RECONNECT_JITTER = Duration.ofSeconds(1);

  /** For the dial, TLS and the greeting together. A refusal takes as long: jnats waits for more. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** jnats closes a connection after three unanswered pings: a dead one is noticed within 30 s. */
  private static final Duration PING_INTERVAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(NatsOptions.class);

  private NatsOptions() {}

  /**
   * Returns the options of a connection that never stops trying to reconnect.
   *
   * @throws UncheckedIOException if a secret's file can't be read; names the file
   */
  public static Options of(
      NatsAccess access,
      String connectionName,
      ConnectionListener connectionListener,
      ErrorListener errorListener) {
    var options =
        new Options.Builder()
            .servers(access.servers().stream().map(URI::toString).toArray(String[]::new))
            .connectionName(connectionName)
            // The gateway must not read its own announcements as others'.
            .noEcho()
            .connectionTimeout(CONNECT_TIMEOUT)
            .maxReconnects(-1)
            .reconnectWait(RECONNECT_WAIT)
            .reconnectJitter(RECONNECT_JITTER)
            .reconnectJitterTls(RECONNECT_JITTER)
            // Nothing is kept for later: a register message must not be sent after it has become
            // wrong.
            .reconnectBufferSize(0)
            .pingInterval(PING_INTERVAL)
            // Tries every address of a name, including IPv6, and keeps the name for certificate
            // verification.
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs)
            .connectionListener(connectionListener)
            .errorListener(errorListener);
    credentials(access, options);
    tls(access, options);
    return options.build();
  }

  private static void credentials(NatsAccess access, Options.Builder options) {
    String user = access.user();
    Secret password = access.password();
    Secret token = access.token();
    if (user != null) {
      options.userInfo(user.toCharArray(), characters(password));
    } else if (token != null) {
      options.tokenSupplier(() -> characters(token)); // called for each connection
    } else if (access.credentials() != null) {
      options.authHandler(new NatsCredentials(access.credentials()));
    }
  }

  /**
   * Returns whether the password in its file now differs from the one in {@code options}, which
   * jnats would keep presenting; false if the file can't be read.
   */
  static boolean isPasswordRenewed(NatsAccess access, Options options) {
    char[] used = options.getPasswordChars();
    try {
      return used != null && !Arrays.equals(used, characters(access.password()));
    } catch (UncheckedIOException e) {
      LOG.debug("no other password at NATS", e);
      return false;
    }
  }

  private static char[] characters(@Nullable Secret secret) {
    return secret == null ? new char[0] : secret.value().toCharArray();
  }

  /**
   * Configures TLS. One {@code tls://} server makes TLS required for all: jnats does not support a
   * mixture.
   */
  private static void tls(NatsAccess access, Options.Builder options) {
    NatsTlsConfig tls = access.tls();
    boolean tlsScheme =
        access.servers().stream().anyMatch(server -> "tls".equals(server.getScheme()));
    if (tls != null || tlsScheme) {
      options.sslContext(
          NatsTlsContext.of(
              tls == null ? new NatsTlsConfig(null, null, null) : tls, access.servers()));
    }
  }
}
