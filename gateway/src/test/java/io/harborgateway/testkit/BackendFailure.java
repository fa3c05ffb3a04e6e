package io.harborgateway.testkit;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;

/**
 * Why an attempt at a backend failed, and what gorouter makes of it: the table of its {@code
 * proxy/fails}. In addition gorouter tries again after each failure before the request's head was
 * written, whatever it is, which is for {@link RoundTripper} to know.
 */
public enum BackendFailure {
  /** No TCP connection: refused, unreachable, not within 5 s. */
  DIAL(502, true, Mark.PRUNED),
  /** The first bytes of the answer to the ClientHello are not TLS. */
  NOT_TLS(525, true, Mark.PRUNED),
  /** The certificate is not for {@code server_cert_domain_san}. */
  HOSTNAME_MISMATCH(503, true, Mark.PRUNED),
  /** The certificate is not of the router's CA. */
  UNTRUSTED_CERTIFICATE(526, true, Mark.PRUNED),
  /** The certificate is not valid at this time. */
  EXPIRED_CERTIFICATE(526, true, Mark.PRUNED),
  /** An alert about the router's own certificate; with TLS 1.3 it may come after the request. */
  CERTIFICATE_ALERT(496, true, Mark.PRUNED),
  /** The alert handshake_failure. */
  HANDSHAKE_FAILURE(525, true, Mark.PRUNED),
  /** No TLS within 10 s. */
  HANDSHAKE_TIMEOUT(502, true, Mark.PRUNED),
  /** Another alert, for example unrecognized_name. */
  OTHER_ALERT(502, false, Mark.NONE),
  /** A reset where bytes were expected; in the handshake, too. */
  RESET(502, false, Mark.FAILED),
  /** The end of the connection where the first byte was expected; in the handshake, too. */
  END_OF_FILE(502, false, Mark.NONE),
  /** The backend closed an idle connection just when it was to be used. */
  CLOSED_WHILE_IDLE(502, false, Mark.NONE),
  /** Anything else: a write that failed, a malformed response, none within 900 s. */
  OTHER(502, false, Mark.NONE);

  private static final String ALERT = "Received fatal alert: ";
  private static final List<String> CERTIFICATE_ALERTS =
      List.of("bad_certificate", "unknown_ca", "certificate_required");

  private final int status;
  private final boolean retriable;
  private final Mark mark;

  /** What becomes of the endpoint. */
  enum Mark {
    NONE,
    /** It is passed over for 30 s, as long as there is another one. */
    FAILED,
    /** It is taken out of the table; one without TLS is only marked as failed. */
    PRUNED
  }

  BackendFailure(int status, boolean retriable, Mark mark) {
    this.status = status;
    this.retriable = retriable;
    this.mark = mark;
  }

  /** The status of the response that the router makes when it gives up. */
  public int status() {
    return status;
  }

  /** Whether another attempt is made no matter how far this one came. */
  boolean isRetriable() {
    return retriable;
  }

  Mark mark() {
    return mark;
  }

  /** Tells by what the JDK throws in a handshake or while it reads. */
  static BackendFailure of(Throwable thrown) {
    List<Throwable> causes = causes(thrown);
    if (has(causes, CertificateExpiredException.class)
        || has(causes, CertificateNotYetValidException.class)) {
      return EXPIRED_CERTIFICATE;
    }
    if (has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class)) {
      return UNTRUSTED_CERTIFICATE;
    }
    if (has(causes, CertificateException.class)) {
      return HOSTNAME_MISMATCH;
    }
    if (has(causes, SocketTimeoutException.class)) {
      return HANDSHAKE_TIMEOUT;
    }
    if (has(causes, EOFException.class)) {
      return END_OF_FILE;
    }
    return ofMessages(causes);
  }

  private static BackendFailure ofMessages(List<Throwable> causes) {
    for (Throwable cause : causes) {
      String message = String.valueOf(cause.getMessage());
      int alert = message.indexOf(ALERT);
      if (alert >= 0) {
        return ofAlert(message.substring(alert + ALERT.length()));
      }
      if (message.equals("Unsupported or unrecognized SSL message")) {
        return NOT_TLS;
      }
      if (cause instanceof SocketException && message.equals("Connection reset")) {
        return RESET; // of a read; a write's message is longer
      }
    }
    return OTHER;
  }

  private static BackendFailure ofAlert(String description) {
    if (description.equals("handshake_failure")) {
      return HANDSHAKE_FAILURE;
    }
    return CERTIFICATE_ALERTS.contains(description) ? CERTIFICATE_ALERT : OTHER_ALERT;
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return causes.stream().anyMatch(type::isInstance);
  }

  private static List<Throwable> causes(Throwable thrown) {
    var causes = new ArrayList<Throwable>();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }
}
