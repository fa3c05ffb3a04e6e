package io.harborgateway.upstream;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Explains in an operator's terms why TLS to an upstream failed. */
final class TlsReason {
  /** BoringSSL's name for an error: {@code error:1000042e:SSL routines:OPENSSL_internal:NAME}. */
  private static final Pattern NATIVE = Pattern.compile("OPENSSL_internal:([A-Z0-9_]+)");

  /** How BoringSSL names an alert of the peer: {@code TLSV1_ALERT_PROTOCOL_VERSION}. */
  private static final Pattern ALERT = Pattern.compile("(?:SSLV3|TLSV1)_(?:ALERT_)?([A-Z0-9_]+)");

  private static final String NO_TLS = "no TLS is spoken on this port";

  private TlsReason() {}

  /**
   * Returns the reason.
   *
   * @param failure failure of the handshake, or of a read or write after it
   * @param serverName name sent as SNI
   */
  static String of(Throwable failure, String serverName) {
    CertificateException untrusted = find(failure, CertificateException.class);
    if (untrusted != null && untrusted.getMessage() != null) {
      return untrusted.getMessage();
    }
    if (find(failure, NotSslRecordException.class) != null) {
      return NO_TLS;
    }
    for (Throwable each = failure; each != null; each = each.getCause()) {
      Matcher name = NATIVE.matcher(String.valueOf(each.getMessage()));
      if (name.find()) {
        return ofNative(name.group(1), serverName);
      }
    }
    if (find(failure, ClosedChannelException.class) != null) {
      return "it closed the connection in the TLS handshake";
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("reset by peer")) {
      return "it reset the connection in the TLS handshake";
    }
    return failure instanceof SSLException ? message : "TLS handshake: " + message;
  }

  private static String ofNative(String name, String serverName) {
    Matcher alert = ALERT.matcher(name);
    if (alert.matches()) {
      String text = alert.group(1).toLowerCase(Locale.ROOT);
      return "it sent the TLS alert " + text + hint(text, serverName);
    }
    return switch (name) {
      case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST" -> NO_TLS;
      case "UNSUPPORTED_PROTOCOL" -> "it speaks neither TLS 1.2 nor TLS 1.3 (UNSUPPORTED_PROTOCOL)";
      default -> "TLS handshake: " + name.toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  private static String hint(String alert, String serverName) {
    return switch (alert) {
      case "protocol_version" -> ": it speaks neither TLS 1.2 nor TLS 1.3";
      case "handshake_failure" -> ": no cipher suite or parameter in common, or it refuses all";
      case "insufficient_security" -> ": the offered cipher suites are too weak for it";
      case "certificate_required", "bad_certificate", "no_certificate" ->
          ": it demands a client certificate, and the gateway has none";
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
