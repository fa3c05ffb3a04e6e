package io.harborgateway.tls;

import io.harborgateway.certs.OcspStaple;
import io.harborgateway.pace.PacedLine;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AttributeKey;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The OCSP response of each context, which can change while the context stays: with it its sessions
 * stay. Thread-safe.
 */
final class Staples {
  private static final AttributeKey<OcspStaple> STAPLE =
      AttributeKey.valueOf(Staples.class, "STAPLE");

  /** One for all certificates: their responses usually end together. */
  private static final PacedLine NOT_SENT =
      new PacedLine(LoggerFactory.getLogger(Staples.class), Level.WARN);

  private Staples() {}

  /** Sets the response that the context's engines get from now on. */
  static void set(SslContext context, @Nullable OcspStaple staple) {
    context.attributes().attr(STAPLE).set(staple);
  }

  static @Nullable OcspStaple of(SslContext context) {
    return context.attributes().attr(STAPLE).get();
  }

  /** Gives a new engine its context's response, if that can be sent now. */
  static void give(SslContext context, SSLEngine engine) {
    OcspStaple staple = of(context);
    if (staple == null) {
      return;
    }
    String problem = staple.problem(Instant.now());
    if (problem == null) {
      ((ReferenceCountedOpenSslEngine) engine).setOcspResponse(staple.der());
    } else {
      NOT_SENT.line().addArgument(staple).addArgument(problem).log("OCSP response {} not sent: {}");
    }
  }
}
