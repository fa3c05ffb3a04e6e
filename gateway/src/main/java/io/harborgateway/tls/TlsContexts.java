package io.harborgateway.tls;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.harborgateway.certs.CertificateSet;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the TLS contexts of instances' certificates: built on first use, off the event loop,
 * proven by handshakes in memory ({@link CertificateProof}), and kept for the most used. TLS with
 * BoringSSL as the {@link TlsSettings} say, ALPN {@code http/1.1}. A session can be resumed only
 * with the instance and the certificate it was established with: for an hour in TLS 1.2, by ticket
 * or session id, for two days in TLS 1.3, which is BoringSSL's own limit; on other nodes with
 * shared {@link TicketKeys}. Thread-safe.
 */
public final class TlsContexts implements AutoCloseable {
  private static final int MAX_CONTEXTS = 10_000;

  /**
   * Sessions cached per context, for TLS 1.2 clients that do not support tickets; about 1 KiB each.
   */
  private static final int CACHED_SESSIONS = 1_000;

  /**
   * Longer than an event loop takes from the look-up of a context to the connection's engine, which
   * retains it. Of thousands that are replaced a minute so many wait, at 27 KB of native memory.
   */
  private static final int RELEASE_DELAY_SECONDS = 10;

  /**
   * How long to wait before the files of an instance with an unusable certificate are read again.
   */
  static final Duration FAILURE_KEPT = Duration.ofSeconds(10);

  private final ChallengeContexts challenges = new ChallengeContexts();
  private final AsyncLoadingCache<Instance, InstanceContexts> contexts;
  private final Supplier<TlsSettings> settings;
  private final Supplier<TicketKeys> ticketKeys;
  private final Function<ClientAuth, TlsContexts> newDemanding;

  /** By what they demand of clients; empty unless that is configured. */
  private final Map<ClientAuth, TlsContexts> demanding = new ConcurrentHashMap<>();

  private final Cache<Instance, Exception> failures =
      Caffeine.newBuilder().maximumSize(MAX_CONTEXTS).expireAfterWrite(FAILURE_KEPT).build();

  /**
   * Creates an empty cache.
   *
   * @param certificates returns the certificate of an instance; throws IllegalStateException if it
   *     can't be used
   * @param settings returns the settings in force
   * @param ticketKeys returns the shared keys in force
   * @param builder executor on which contexts are built; may block
   */
  @SuppressWarnings("NullAway") // the loader may return null: then nothing is cached
  public TlsContexts(
      Function<Instance, CertificateSet> certificates,
      Supplier<TlsSettings> settings,
      Supplier<TicketKeys> ticketKeys,
      Executor builder) {
    this(certificates, settings, ticketKeys, builder, null);
  }

  /**
   * @param auth what the contexts demand of clients; null: nothing
   */
  @SuppressWarnings("NullAway") // as above
  private TlsContexts(
      Function<Instance, CertificateSet> certificates,
      Supplier<TlsSettings> settings,
      Supplier<TicketKeys> ticketKeys,
      Executor builder,
      @Nullable ClientAuth auth) {
    this.settings = settings;
    this.ticketKeys = ticketKeys;
    this.newDemanding =
        other -> new TlsContexts(certificates, settings, ticketKeys, builder, other);
    this.contexts =
        Caffeine.newBuilder()
            .maximumSize(MAX_CONTEXTS)
            .executor(builder)
            .removalListener(TlsContexts::evicted)
            .buildAsync(instance -> load(certificates, instance, auth));
  }

  /**
   * Returns the contexts that demand this of clients. They have no sessions: each handshake shows
   * and verifies a certificate.
   */
  TlsContexts demanding(ClientAuth auth) {
    TlsContexts known = demanding.get(auth);
    return known != null ? known : demanding.computeIfAbsent(auth, newDemanding);
  }

  /** Drops the contexts that demand something else of clients. */
  public void retainDemanding(Set<ClientAuth> used) {
    demanding
        .entrySet()
        .removeIf(each -> {
          boolean isUnused = !used.contains(each.getKey());
          if (isUnused) {
            each.getValue().retain(instance -> false);
          }
          return isUnused;
        });
  }

  /**
   * Drops the instance's contexts that demand something of clients: its certificate has changed.
   */
  public void renewDemanding(Instance instance) {
    demanding.values().forEach(contexts -> contexts.forget(instance));
  }

  /** The certificates that are presented to an ACME server only. */
  public ChallengeContexts challenges() {
    return challenges;
  }

  /**
   * Returns the context of an instance, immediately if it is already built. One that can't be built
   * is retried after {@link #FAILURE_KEPT}, so that repaired files are used, while clients that ask
   * for it cost next to nothing.
   */
  public CompletableFuture<InstanceContexts> context(Instance instance) {
    CompletableFuture<InstanceContexts> known = contexts.getIfPresent(instance);
    if (known != null && isBuilt(known)) {
      return known;
    }
    Exception failure = failures.getIfPresent(instance);
    return failure != null ? CompletableFuture.failedFuture(failure) : built(instance);
  }

  private CompletableFuture<InstanceContexts> built(Instance instance) {
    var result = new CompletableFuture<InstanceContexts>();
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
   * Returns null rather than throwing if the certificate is refused: the cache would log each
   * exception with its stack trace.
   */
  private @Nullable InstanceContexts load(
      Function<Instance, CertificateSet> certificates,
      Instance instance,
      @Nullable ClientAuth auth) {
    try {
      CertificateSet set = certificates.apply(instance);
      if (auth != null) {
        return demanding(auth, set, instance.hostNames(), settings.get());
      }
      InstanceContexts built = proven(set, instance.hostNames(), settings.get());
      built.useTicketKeys(ticketKeys.get());
      return built;
    } catch (SSLException | IllegalStateException e) {
      failures.put(instance, e);
      return null;
    } catch (RuntimeException e) {
      failures.put(instance, e);
      throw e;
    }
  }

  private static void evicted(
      @Nullable Instance instance, @Nullable InstanceContexts context, RemovalCause cause) {
    if (cause.wasEvicted()) {
      releaseLater(context);
    }
  }

  /**
   * @param context null: it could not be built
   */
  private static void releaseLater(@Nullable InstanceContexts context) {
    if (context == null) {
      return;
    }
    CompletableFuture.delayedExecutor(RELEASE_DELAY_SECONDS, TimeUnit.SECONDS)
        .execute(context::release);
  }

  /**
   * Uses this context for an instance's handshakes from now on; sessions of the previous one are
   * not resumed. Takes ownership of the context.
   *
   * @param context a context from {@link #proven}
   */
  public void put(Instance instance, InstanceContexts context) {
    failures.invalidate(instance);
    InstanceContexts served = served(instance);
    if (served != null && served.isSame(context)) {
      served.takeStaples(context);
      context.release(); // the sessions of the other go on
      return;
    }
    context.useTicketKeys(ticketKeys.get());
    var before = contexts.asMap().put(instance, CompletableFuture.completedFuture(context));
    if (before != null) {
      before.thenAccept(TlsContexts::releaseLater);
    }
  }

  /**
   * Like {@link #put}, but only if the instance already has a context; otherwise the context is
   * released. In any case forgets that a context could not be built, so that the next handshake
   * tries again.
   */
  public void replace(Instance instance, InstanceContexts context) {
    renewDemanding(instance);
    if (contexts.asMap().containsKey(instance)) { // also one that is being built
      put(instance, context);
    } else {
      failures.invalidate(instance);
      context.release();
    }
  }

  /** Returns whether handshakes of the instance have a context, whatever its files say now. */
  public boolean has(Instance instance) {
    return served(instance) != null;
  }

  /** Returns whether handshakes of the instance have contexts with these certificates. */
  public boolean isServing(Instance instance, CertificateSet certificates) {
    InstanceContexts served = served(instance);
    return served != null && served.isOf(certificates, settings.get());
  }

  /** Sends the OCSP responses of these from now on, if the instance has contexts for them. */
  public void staple(Instance instance, CertificateSet certificates) {
    demanding.values().forEach(contexts -> contexts.staple(instance, certificates));
    InstanceContexts served = served(instance);
    if (served != null) {
      served.staple(certificates);
    }
  }

  private @Nullable InstanceContexts served(Instance instance) {
    CompletableFuture<InstanceContexts> known = contexts.getIfPresent(instance);
    return known != null && isBuilt(known) ? known.join() : null;
  }

  private static boolean isBuilt(CompletableFuture<InstanceContexts> context) {
    return context.isDone() && !context.isCompletedExceptionally();
  }

  /** Uses the shared keys in force from now on. Sessions go on as far as the keys allow. */
  public void useTicketKeys() {
    TicketKeys keys = ticketKeys.get();
    contexts
        .asMap()
        .values()
        .forEach(those -> those.thenAccept(built -> useTicketKeys(built, keys)));
  }

  private static void useTicketKeys(@Nullable InstanceContexts built, TicketKeys keys) {
    if (built != null) {
      built.useTicketKeys(keys);
    }
  }

  /** Drops the contexts of all other instances; handshakes in progress continue. */
  public void retain(Predicate<Instance> instances) {
    demanding.values().forEach(contexts -> contexts.retain(instances));
    for (Instance instance : contexts.asMap().keySet()) {
      if (!instances.test(instance)) {
        forget(instance);
      }
    }
  }

  /**
   * Drops the contexts with other settings than those in force, and those still being built: the
   * next handshake builds them anew.
   */
  public void retainCurrent() {
    demanding.values().forEach(TlsContexts::retainCurrent);
    TlsSettings current = settings.get();
    for (Instance instance : contexts.asMap().keySet()) {
      InstanceContexts served = served(instance);
      if (served == null || !served.hasSettings(current)) {
        forget(instance);
      }
    }
    failures.invalidateAll();
  }

  /** Drops the context of the instance, so that it is rebuilt when next needed. */
  public void forget(Instance instance) {
    renewDemanding(instance);
    failures.invalidate(instance);
    var before = contexts.asMap().remove(instance);
    if (before != null) {
      before.thenAccept(TlsContexts::releaseLater);
    }
  }

  /** Returns the number of contexts, for tests and metrics. */
  public int size() {
    return contexts.asMap().size();
  }

  /**
   * Releases all contexts, including those still being built, once they are; open connections keep
   * theirs. Must be called when no more handshakes begin.
   */
  @Override
  public void close() {
    challenges.close();
    demanding.values().forEach(TlsContexts::close);
    contexts.asMap().values().forEach(context -> context.thenAccept(InstanceContexts::release));
    contexts.synchronous().invalidateAll();
  }

  /**
   * Returns normally if the certificates can be served, with contexts like those for real
   * handshakes, which are not kept. Blocks for the time of two handshakes with each.
   *
   * @throws SSLException if they can't, with the reason
   */
  public static void prove(CertificateSet certificates, List<String> names, TlsSettings settings)
      throws SSLException {
    proven(certificates, names, settings).release();
  }

  /**
   * Returns contexts proven by handshakes to serve the certificates; the caller releases them or
   * {@linkplain #put puts} them. Blocks for the time of two handshakes with each.
   *
   * @throws SSLException if it can't, with the reason
   */
  public static InstanceContexts proven(
      CertificateSet certificates, List<String> names, TlsSettings settings) throws SSLException {
    SslContext first = proven(certificates.main(), names, settings);
    if (certificates.all().size() == 1) {
      return InstanceContexts.of(certificates, settings, first);
    }
    try {
      SslContext second = proven(certificates.all().get(1), names, settings);
      return InstanceContexts.of(certificates, settings, first, second);
    } catch (SSLException | RuntimeException e) {
      ReferenceCountUtil.release(first);
      throw e;
    }
  }

  static SslContext proven(
      InstanceCertificate certificate, List<String> names, TlsSettings settings)
      throws SSLException {
    List<X509Certificate> sent = certificate.served(Instant.now());
    SslContext context = build(certificate, sent, settings);
    try {
      CertificateProof.of(context, settings.versions(), certificate, sent, names);
      SessionScope.confine(context, certificate, names);
      Staples.set(context, certificate.staple());
      return context;
    } catch (SSLException | RuntimeException e) {
      ReferenceCountUtil.release(context);
      throw e;
    }
  }

  /**
   * Returns contexts that demand something of clients. Proven are such that don't: the proof's
   * client has no certificate to show.
   */
  private static InstanceContexts demanding(
      ClientAuth auth, CertificateSet certificates, List<String> names, TlsSettings settings)
      throws SSLException {
    prove(certificates, names, settings);
    List<InstanceCertificate> all = certificates.all();
    SslContext[] contexts = new SslContext[all.size()];
    for (int i = 0; i < contexts.length; i++) {
      contexts[i] = build(all.get(i), all.get(i).served(Instant.now()), settings, auth);
      SessionScope.confine(contexts[i], all.get(i), names);
      Staples.set(contexts[i], all.get(i).staple());
    }
    return InstanceContexts.of(certificates, settings, contexts);
  }

  static SslContext build(
      InstanceCertificate certificate, List<X509Certificate> sent, TlsSettings settings)
      throws SSLException {
    return build(certificate, sent, settings, null);
  }

  private static SslContext build(
      InstanceCertificate certificate,
      List<X509Certificate> sent,
      TlsSettings settings,
      @Nullable ClientAuth auth)
      throws SSLException {
    SslContext context =
        SslContextBuilder.forServer(certificate.key(), sent.toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols(settings.versions())
            .ciphers(settings.allSuites())
            .enableOcsp(true) // only then can an engine be given a response
            .option(OpenSslContextOption.GROUPS, settings.groups().toArray(String[]::new))
            .trustManager(auth == null ? NobodyTrusted.INSTANCE : auth.verifier())
            .clientAuth(auth == null ? io.netty.handler.ssl.ClientAuth.NONE : auth.mode())
            // Netty passes the key on in a key store. The default type encrypts it, with 10,000
            // rounds.
            .keyStoreType("JKS")
            // A task would run on the same event loop, one step later.
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
    if (auth != null) {
      // A session would keep a client accepted whose certificate has expired or was revoked. Its
      // tickets are off for each connection: Netty turns them on there.
      ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
      return context;
    }
    // Enables tickets (RFC 5077, RFC 8446 section 4.6.1) without setting keys: until shared ones
    // are
    // set, BoringSSL generates them per context, and rotates them every two days.
    ((OpenSslSessionContext) context.sessionContext()).setTicketKeys();
    return context;
  }
}
