package io.harborgateway.upstream;

import io.harborgateway.upstream.ClientCertificate.AskedException;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why TLS to an upstream failed.
 *
 * @param text in an operator's terms
 */
record TlsReason(TlsFault fault, String text) {
  /** BoringSSL's name for an error: {@code error:1000042e:SSL routines:OPENSSL_internal:NAME}. */
  private static final Pattern NATIVE = Pattern.compile("OPENSSL_internal:([A-Z0-9_]+)");

  /** How BoringSSL names an alert of the peer: {@code TLSV1_ALERT_PROTOCOL_VERSION}. */
  private static final Pattern ALERT = Pattern.compile("(?:SSLV3|TLSV1)_(?:ALERT_)?([A-Z0-9_]+)");

  private static final String NO_TLS = "no TLS is spoken on this port";

  /**
   * Returns the reason.
   *
   * @param failure failure of the handshake, or of a read or write after it
   * @param serverName name sent as SNI
   */
  static TlsReason of(Throwable failure, String serverName) {
    CertificateException untrusted = find(failure, CertificateException.class);
    if (untrusted != null && untrusted.getMessage() != null) {
      return new TlsReason(fault(untrusted), untrusted.getMessage());
    }
    if (find(failure, NotSslRecordException.class) != null) {
      return new TlsReason(TlsFault.NO_TLS, NO_TLS);
    }
    AskedException asked = find(failure, AskedException.class);
    for (Throwable each = failure; each != null; each = each.getCause()) {
      Matcher name = NATIVE.matcher(String.valueOf(each.getMessage()));
      if (name.find()) {
        return ofNative(name.group(1), serverName, asked);
      }
    }
    if (find(failure, ClosedChannelException.class) != null) {
      return new TlsReason(TlsFault.CLOSED, "it closed the connection in the TLS handshake");
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("reset by peer")) {
      return new TlsReason(TlsFault.CLOSED, "it reset the connection in the TLS handshake");
    }
    return new TlsReason(
        TlsFault.OTHER, failure instanceof SSLException ? message : "TLS handshake: " + message);
  }

  private static TlsFault fault(CertificateException untrusted) {
    return switch (untrusted) {
      case UntrustedException e -> e.fault();
      case CertificateExpiredException _ -> TlsFault.EXPIRED;
      case CertificateNotYetValidException _ -> TlsFault.NOT_YET_VALID;
      default -> TlsFault.UNTRUSTED;
    };
  }

  private static TlsReason ofNative(
      String name, String serverName, @Nullable AskedException asked) {
    Matcher alert = ALERT.matcher(name);
    if (alert.matches()) {
      String text = alert.group(1).toLowerCase(Locale.ROOT);
      TlsFault fault = fault(text, asked);
      String hint =
          fault == TlsFault.CLIENT_CERTIFICATE
              ? clientCertificate(text, asked)
              : hint(text, serverName);
      return new TlsReason(fault, "it sent the TLS alert " + text + hint);
    }
    return switch (name) {
      case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST" ->
          new TlsReason(TlsFault.NO_TLS, NO_TLS);
      case "UNSUPPORTED_PROTOCOL" ->
          new TlsReason(
              TlsFault.NO_COMMON_VERSION,
              "it speaks neither TLS 1.2 nor TLS 1.3 (UNSUPPORTED_PROTOCOL)");
      default ->
          new TlsReason(
              TlsFault.OTHER, "TLS handshake: " + name.toLowerCase(Locale.ROOT).replace('_', ' '));
    };
  }

  private static TlsFault fault(String alert, @Nullable AskedException asked) {
    return switch (alert) {
      case "certificate_required",
          "bad_certificate",
          "no_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied" ->
          TlsFault.CLIENT_CERTIFICATE;
      // In TLS 1.2 there is no other alert for a certificate that is missing.
      case "handshake_failure" ->
          asked != null && !asked.isShown() ? TlsFault.CLIENT_CERTIFICATE : TlsFault.REFUSED;
      case "insufficient_security" -> TlsFault.REFUSED;
      case "protocol_version" -> TlsFault.NO_COMMON_VERSION;
      case "unrecognized_name" -> TlsFault.UNKNOWN_NAME;
      default -> TlsFault.OTHER;
    };
  }

  private static String clientCertificate(String alert, @Nullable AskedException asked) {
    if (asked == null || !asked.isShown()) {
      return ": it demands a client certificate, and the gateway has none";
    }
    String why =
        switch (alert) {
          case "unknown_ca" -> ", whose CA it does not know";
          case "certificate_expired" -> ", which has expired or is not valid yet";
          case "certificate_revoked" -> ", which is revoked";
          case "unsupported_certificate" -> ", which is not one for clients";
          default -> "";
        };
    return ": it refuses the client certificate" + why;
  }

  private static String hint(String alert, String serverName) {
    return switch (alert) {
      case "protocol_version" -> ": it speaks neither TLS 1.2 nor TLS 1.3";
      case "handshake_failure" -> ": no cipher suite or parameter in common, or it refuses all";
      case "insufficient_security" -> ": the offered cipher suites are too weak for it";
      case "unrecognized_name" -> ": it does not know the server name " + serverName;
      case "illegal_parameter", "decode_error" ->
          serverName.indexOf('_') < 0
              ? ""
              : ": it may reject the underscore in the server name " + serverName;
      default -> "";
    };
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> kind) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        return kind.cast(each);
      }
    }
    return null;
  }
}
