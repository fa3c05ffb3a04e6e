package io.harborgateway.tls;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.harborgateway.certs.InstanceCertificate;
import io.harborgateway.route.Instance;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of the instances' certificates: built when one is first needed, off the event
 * loop, proven by handshakes in memory ({@link CertificateProof}), and kept for the most used. TLS
 * 1.2 and 1.3 by BoringSSL, ALPN {@code http/1.1}. A session can be resumed for an hour, by a
 * ticket or by its id, with the certificate that it was begun with and on this node only. Safe for
 * use by any thread.
 */
public final class TlsContexts implements AutoCloseable {
  private static final int MAX_CONTEXTS = 10_000;

  /**
   * With forward secrecy and authenticated encryption only (RFC 9325 section 4.2): no key exchange
   * by static RSA, no CBC. In the order of preference: ChaCha20 is for clients that have no AES in
   * hardware and offer nothing else. Of TLS 1.3 BoringSSL has all three, in its own order.
   */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Of each context, for clients of TLS 1.2 that take no tickets; about 1 KiB each. */
  private static final int CACHED_SESSIONS = 1_000;

  /** Longer than any handshake that took a context just before it was evicted. */
  private static final int RELEASE_DELAY_SECONDS = 60;

  /** How long the files of an instance whose certificate can't be used are not read again. */
  static final Duration FAILURE_KEPT = Duration.ofSeconds(10);

  private final AsyncLoadingCache<Instance, SslContext> contexts;
  private final Cache<Instance, Exception> failures =
      Caffeine.newBuilder().maximumSize(MAX_CONTEXTS).expireAfterWrite(FAILURE_KEPT).build();

  /**
   * Makes an empty cache.
   *
   * @param certificates of each instance that is ever asked for; throws IllegalStateException for
   *     one that can't be used
   * @param builder runs the building of contexts, and may block
   */
  @SuppressWarnings("NullAway") // the loader may return null: nothing is kept then
  public TlsContexts(Function<Instance, InstanceCertificate> certificates, Executor builder) {
    this.contexts =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONTEXTS)
            .executor(builder)
            .removalListener(TlsContexts::evicted)
            .buildAsync(instance -> load(certificates, instance));
  }

  /**
   * Returns the context of an instance, at once where it is built already. One that can't be built
   * is tried again after {@link #FAILURE_KEPT}, so that files that were mended are used, and that
   * clients who ask for it cost next to nothing.
   */
  public CompletableFuture<SslContext> context(Instance instance) {
    CompletableFuture<SslContext> known = contexts.getIfPresent(instance);
    if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
      return known;
    }
    Exception failure = failures.getIfPresent(instance);
    return failure != null ? CompletableFuture.failedFuture(failure) : built(instance);
  }

  private CompletableFuture<SslContext> built(Instance instance) {
    var result = new CompletableFuture<SslContext>();
    contexts
        .get(instance)
        .whenComplete((context, unexpected) -> {
          if (context != null) {
            result.complete(context);
          } else {
            Exception failure = failures.getIfPresent(instance);
            result.completeExceptionally(
                failure != null
                    ? failure
                    : unexpected != null
                        ? unexpected
                        : new SSLException("the context could not be built"));
          }
        });
    return result;
  }

  /**
   * Returns null, not an exception, for what is refused: the cache would log each with its trace.
   */
  private @Nullable SslContext load(
      Function<Instance, InstanceCertificate> certificates, Instance instance) {
    try {
      return proven(certificates.apply(instance), instance.hostNames());
    } catch (SSLException | IllegalStateException e) {
      failures.put(instance, e);
      return null;
    } catch (RuntimeException e) {
      failures.put(instance, e);
      throw e;
    }
  }

  private static void evicted(
      @Nullable Instance instance, @Nullable SslContext context, RemovalCause cause) {
    if (cause.wasEvicted()) {
      releaseLater(context);
    }
  }

  /**
   * @param context null: it could not be built
   */
  private static void releaseLater(@Nullable SslContext context) {
    if (context == null) {
      return;
    }
    CompletableFuture.delayedExecutor(RELEASE_DELAY_SECONDS, TimeUnit.SECONDS)
        .execute(() -> ReferenceCountUtil.release(context));
  }

  /**
   * Uses this context for the handshakes of an instance that begin from now on; sessions of the one
   * before are not resumed. Takes the context over.
   *
   * @param context of {@link #proven}
   */
  public void put(Instance instance, SslContext context) {
    failures.invalidate(instance);
    var before = contexts.asMap().put(instance, CompletableFuture.completedFuture(context));
    if (before != null) {
      before.thenAccept(TlsContexts::releaseLater);
    }
  }

  /**
   * The same, if the instance has a context already; that a context could not be built is forgotten
   * in any case, so that the next handshake tries again.
   *
   * @return false if it has none: the context is still the caller's
   */
  public boolean replace(Instance instance, SslContext context) {
    failures.invalidate(instance);
    var before = contexts.asMap().replace(instance, CompletableFuture.completedFuture(context));
    if (before != null) {
      before.thenAccept(TlsContexts::releaseLater);
    }
    return before != null;
  }

  /** Forgets the contexts of all other instances; handshakes that have begun go on. */
  public void retain(Predicate<Instance> instances) {
    for (Instance instance : contexts.asMap().keySet()) {
      if (!instances.test(instance)) {
        forget(instance);
      }
    }
  }

  /** Has the context of the instance built anew when it is next needed. */
  public void forget(Instance instance) {
    failures.invalidate(instance);
    var before = contexts.asMap().remove(instance);
    if (before != null) {
      before.thenAccept(TlsContexts::releaseLater);
    }
  }

  /** Returns how many there are, for tests and metrics. */
  public int size() {
    return contexts.asMap().size();
  }

  /**
   * Releases all contexts, those that are being built when they are; open connections keep theirs.
   * To be called when no more are begun.
   */
  @Override
  public void close() {
    contexts.asMap().values().forEach(context -> context.thenAccept(ReferenceCountUtil::release));
    contexts.synchronous().invalidateAll();
  }

  /**
   * Returns if the certificate can be served: with a context as it would be built for handshakes,
   * which is not kept. Blocks for as long as two handshakes take.
   *
   * @throws SSLException if it can't, with the reason
   */
  public static void prove(InstanceCertificate certificate, List<String> names)
      throws SSLException {
    ReferenceCountUtil.release(proven(certificate, names));
  }

  /**
   * Returns a context that has shown by handshakes that it can serve its certificate; the caller
   * releases it, or {@linkplain #put puts} it. Blocks for as long as two handshakes take.
   *
   * @throws SSLException if it can't, with the reason
   */
  public static SslContext proven(InstanceCertificate certificate, List<String> names)
      throws SSLException {
    List<X509Certificate> sent = certificate.served(Instant.now());
    SslContext context = build(certificate, sent);
    try {
      CertificateProof.of(context, certificate, sent, names);
      return context;
    } catch (SSLException | RuntimeException e) {
      ReferenceCountUtil.release(context);
      throw e;
    }
  }

  private static SslContext build(InstanceCertificate certificate, List<X509Certificate> sent)
      throws SSLException {
    SslContext context =
        SslContextBuilder.forServer(certificate.key(), sent.toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(CIPHER_SUITES)
            .trustManager(NobodyTrusted.INSTANCE)
            // Netty hands the key on in a key store. The default kind encrypts it, in 10,000
            // rounds.
            .keyStoreType("JKS")
            // A task would be run by the same event loop, one step later.
            .option(OpenSslContextOption.USE_TASKS, false)
            .sessionCacheSize(CACHED_SESSIONS)
            .sessionTimeout(TimeUnit.HOURS.toSeconds(1))
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_1_1))
            .build();
    // Tickets (RFC 5077, RFC 8446 section 4.6.1) without keys of ours: BoringSSL then makes them,
    // for each context its own, and changes them every two days.
    ((OpenSslSessionContext) context.sessionContext()).setTicketKeys();
    return context;
  }
}
