package io.harborgateway.tls;

import io.harborgateway.certs.InstanceCertificate;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The certificates by which an ACME server sees that a name leads here (RFC 8737): presented to
 * clients that offer {@link #PROTOCOL} and nothing else. Thread-safe.
 */
public final class ChallengeContexts {
  static final String PROTOCOL = "acme-tls/1";

  /** A handshake that has found a context takes less time to use it. */
  private static final int RELEASE_DELAY_SECONDS = 10;

  private volatile Map<String, SslContext> contexts = Map.of();
  private final Set<SslContext> leaving = new HashSet<>();

  /**
   * Presents a certificate.
   *
   * @param name the server name for which it is presented, lower-case
   * @throws SSLException if it can't be presented
   */
  public synchronized void put(String name, InstanceCertificate certificate) throws SSLException {
    SslContext context =
        SslContextBuilder.forServer(
                certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols("TLSv1.3", "TLSv1.2")
            .trustManager(NobodyTrusted.INSTANCE)
            .keyStoreType("JKS") // as for those of instances
            .option(OpenSslContextOption.USE_TASKS, false)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    PROTOCOL))
            .build();
    Map<String, SslContext> next = new HashMap<>(contexts);
    releaseLater(next.put(name, context));
    contexts = Map.copyOf(next);
  }

  public synchronized void remove(String name) {
    Map<String, SslContext> next = new HashMap<>(contexts);
    releaseLater(next.remove(name));
    contexts = Map.copyOf(next);
  }

  private void releaseLater(@Nullable SslContext context) {
    if (context != null) {
      leaving.add(context);
      CompletableFuture.delayedExecutor(RELEASE_DELAY_SECONDS, TimeUnit.SECONDS)
          .execute(() -> release(context));
    }
  }

  private synchronized void release(SslContext context) {
    if (leaving.remove(context)) {
      ReferenceCountUtil.release(context);
    }
  }

  /** Releases all. Must be called when no more handshakes begin. */
  synchronized void close() {
    leaving.addAll(contexts.values());
    contexts = Map.of();
    List.copyOf(leaving).forEach(this::release);
  }

  /** Whether there is any. */
  boolean isPending() {
    return !contexts.isEmpty();
  }

  @Nullable SslContext find(@Nullable String name) {
    return name == null ? null : contexts.get(name);
  }
}
