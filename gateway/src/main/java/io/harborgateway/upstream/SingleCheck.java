package io.harborgateway.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One check of one upstream, the same as a running gateway makes, with everything it observed. */
public final class SingleCheck implements Probe.Observer {
  /**
   * The observations.
   *
   * @param failure why the upstream can't be used; empty if it can
   * @param address address connected to; null: none
   * @param addresses status of each of the upstream's addresses
   * @param session TLS session; null without a successful handshake
   * @param chain certificate chain that the upstream sent; empty without TLS
   * @param certificate what became of its wish for a client certificate; empty: it has none
   * @param dialled duration of the dial, including TLS; null if there was no connection
   * @param status status of the answer; 0 without one
   * @param answered time until an expected answer; null without one
   */
  public record Seen(
      String failure,
      @Nullable String address,
      List<AddressStatus> addresses,
      @Nullable SSLSession session,
      List<X509Certificate> chain,
      String certificate,
      @Nullable Duration dialled,
      int status,
      @Nullable Duration answered) {}

  private final CompletableFuture<Seen> result = new CompletableFuture<>();
  private final Upstream upstream;
  private @Nullable SSLSession session;
  private List<X509Certificate> chain = List.of();
  private String certificate = "";

  private SingleCheck(Upstream upstream) {
    this.upstream = upstream;
  }

  /**
   * Begins the check.
   *
   * @return completed when the check has ended, at most after the time limits of the lookup and the
   *     check
   */
  public static CompletableFuture<Seen> begin(
      EventLoop loop, Connector connector, Upstream upstream, HealthCheck.Settings settings) {
    return begin(loop, connector, upstream, settings, Lookups.PROCESS);
  }

  static CompletableFuture<Seen> begin(
      EventLoop loop,
      Connector connector,
      Upstream upstream,
      HealthCheck.Settings settings,
      Lookups lookups) {
    var check = new SingleCheck(upstream);
    Duration all = settings.timeout();
    var limits = new Probe.Limits(all, all, all);
    Runnable probe = () -> Probe.start(loop, connector, upstream, settings.get(), limits, check);
    if (!upstream.isName()) {
      loop.execute(probe);
      return check.result;
    }
    String host = "host name " + upstream.settings().host() + ": ";
    lookups.begin(
        upstream.settings().host(),
        Lookups.Speed.NEW,
        new Lookups.Callback() {
          @Override
          public void found(List<InetAddress> addresses, Lookups.Speed speed) {
            upstream.found(addresses);
            loop.execute(probe);
          }

          @Override
          public void failed(String why, Lookups.Speed speed) {
            check.result.complete(SingleCheck.failed(host + why));
          }
        });
    return check.result.completeOnTimeout(
        failed(host + "no answer within " + 2 * all.toMillis() + " ms"),
        2 * all.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private static Seen failed(String why) {
    return new Seen(why, null, List.of(), null, List.of(), "", null, 0, null);
  }

  @Override
  public void connected(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      session = tls.engine().getSession();
      ClientCertificate.Asked asked = ClientCertificate.of(session);
      if (asked != null) {
        certificate = asked.isShown() ? "shown" : "none is configured";
      }
      try {
        chain = Stream.of(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
      } catch (SSLPeerUnverifiedException e) {
        throw new IllegalStateException("a client's handshake has a certificate", e);
      }
    }
  }

  @Override
  public void doubted(String reason) {
    // Waits for the full configured timeout.
  }

  @Override
  public void done(Probe.Outcome outcome) {
    result.complete(
        new Seen(
            outcome.reason(),
            outcome.address(),
            upstream.addressStatus(),
            session,
            chain,
            certificate,
            outcome.dialled(),
            outcome.status(),
            outcome.answered()));
  }
}
