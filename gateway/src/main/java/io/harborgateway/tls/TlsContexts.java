package io.harborgateway.tls;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.route.Instance;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of the instances' certificates: built when a handshake first needs one, off the
 * event loop, and kept for the most used. TLS 1.2 and 1.3 by BoringSSL, ALPN {@code http/1.1}. Safe
 * for use by any thread.
 */
public final class TlsContexts implements AutoCloseable {
  private static final int MAX_CONTEXTS = 10_000;

  /** Longer than any handshake that took a context just before it was evicted. */
  private static final int RELEASE_DELAY_SECONDS = 60;

  private final AsyncLoadingCache<Instance, SslContext> contexts;

  /**
   * Makes an empty cache.
   *
   * @param certificates of each instance that is ever asked for
   * @param builder runs the building of contexts, and may block
   */
  public TlsContexts(Function<Instance, InstanceCertificate> certificates, Executor builder) {
    this.contexts =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONTEXTS)
            .executor(builder)
            .removalListener(TlsContexts::releaseLater)
            .buildAsync(instance -> build(certificates.apply(instance)));
  }

  /** Returns the context of an instance, at once where it is built already. */
  public CompletableFuture<SslContext> context(Instance instance) {
    return contexts.get(instance);
  }

  private static void releaseLater(
      @Nullable Instance instance, @Nullable SslContext context, RemovalCause cause) {
    if (cause.wasEvicted()) {
      CompletableFuture.delayedExecutor(RELEASE_DELAY_SECONDS, TimeUnit.SECONDS)
          .execute(() -> ReferenceCountUtil.release(context));
    }
  }

  /** Releases all contexts; open connections keep theirs. To be called when no more are begun. */
  @Override
  public void close() {
    var built = contexts.synchronous();
    built.asMap().values().forEach(ReferenceCountUtil::release);
    built.invalidateAll();
  }

  private static SslContext build(InstanceCertificate certificate) throws SSLException {
    return SslContextBuilder.forServer(
            certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
        .sslProvider(SslProvider.OPENSSL_REFCNT)
        // Netty hands the key on in a key store. The default kind encrypts it, with 10,000 rounds.
        .keyStoreType("JKS")
        // Else the JDK's authorities are read, for certificates that no client is asked for.
        .trustManager(NobodyTrusted.INSTANCE)
        .protocols("TLSv1.3", "TLSv1.2")
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }
}
