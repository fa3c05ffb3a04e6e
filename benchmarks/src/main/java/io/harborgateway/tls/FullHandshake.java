package io.harborgateway.tls;

import io.harborgateway.certs.CertificateAuthority;
import io.harborgateway.certs.DnsName;
import io.harborgateway.certs.IssueRequest;
import io.harborgateway.certs.KeyType;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the server does for one ClientHello of TLS 1.3: the key exchange, the signature, and its
 * flight, which is nearly all of a full handshake's CPU time on its side. The same ClientHello is
 * answered again and again, which a server can't tell.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FullHandshake {
  private static final String NAME = "one.example.com";

  /** The only group that the client offers. */
  @Param({"X25519", "X25519MLKEM768", "P-256"})
  public String group = "X25519";

  /** The certificate's key. */
  @Param({"EC", "RSA"})
  public String key = "EC";

  private @Nullable SslContext server;
  private byte[] hello = {};
  private final ByteBuffer flight = ByteBuffer.allocate(64 << 10);
  private final ByteBuffer none = ByteBuffer.allocate(0);

  @Setup
  public void prepare() throws Exception {
    Instant now = Instant.now();
    var certificate =
        CertificateAuthority.create("CA", KeyType.EC_P256, now, Duration.ofDays(2))
            .issue(
                new IssueRequest(
                    List.of(DnsName.parse(NAME)),
                    List.of(),
                    key.equals("RSA") ? KeyType.RSA_2048 : KeyType.EC_P256,
                    now,
                    Duration.ofDays(1)));
    server = TlsContexts.proven(certificate, List.of(NAME), TlsSettings.INTERMEDIATE);
    SslContext client =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL_REFCNT)
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, new String[] {group})
            .build();
    SSLEngine offering = client.newEngine(UnpooledByteBufAllocator.DEFAULT);
    var bytes = ByteBuffer.allocate(64 << 10);
    offering.beginHandshake();
    offering.wrap(none, bytes);
    hello = new byte[bytes.flip().remaining()];
    bytes.get(hello);
    ReferenceCountUtil.release(offering);
    ReferenceCountUtil.release(client);
  }

  @TearDown
  public void release() {
    ReferenceCountUtil.release(server);
  }

  @Benchmark
  public int answer() throws SSLException {
    SSLEngine engine = Objects.requireNonNull(server).newEngine(UnpooledByteBufAllocator.DEFAULT);
    try {
      flight.clear();
      engine.unwrap(ByteBuffer.wrap(hello), flight);
      while (engine.wrap(none, flight).bytesProduced() > 0) {
        // the next record
      }
      return flight.position();
    } finally {
      ReferenceCountUtil.release(engine);
    }
  }
}
