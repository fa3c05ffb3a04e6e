package io.harborgateway.http.head;

import org.jspecify.annotations.Nullable;

/** Parses response heads: {@code HTTP-version SP status [SP reason] CRLF}, then the fields. */
public final class ResponseHeadParser extends HeadParser<ResponseHead> {
  private static final byte[] HTTP_1 = {'H', 'T', 'T', 'P', '/', '1', '.'};

  public ResponseHeadParser(ResponseHead head, HeadLimits limits) {
    super(head, limits);
  }

  @Override
  boolean mayBegin(byte octet) {
    return octet == 'H';
  }

  @Override
  @Nullable Failure parseStartLine(byte[] in) {
    int at = 0;
    for (byte expected : HTTP_1) {
      if (in[at++] != expected) {
        return Failure.UPSTREAM_BAD_RESPONSE;
      }
    }
    byte minor = in[at++];
    if ((minor != '0' && minor != '1') || in[at++] != Octets.SP) {
      return Failure.UPSTREAM_BAD_RESPONSE;
    }
    head.minorVersion = minor - '0';
    head.statusStart = at;
    int status = 0;
    for (int i = 0; i < 3; i++) {
      byte digit = in[at++];
      if (!Octets.isDigit(digit)) {
        return Failure.UPSTREAM_BAD_RESPONSE;
      }
      status = status * 10 + digit - '0';
    }
    head.status = status;
    byte octet = in[at];
    if (status < 100 || status > 599 || (octet != Octets.SP && octet != Octets.CR)) {
      return Failure.UPSTREAM_BAD_RESPONSE;
    }
    while (Octets.isFieldValue(octet)) {
      octet = in[++at];
    }
    if (octet != Octets.CR || in[at + 1] != Octets.LF) {
      return Failure.UPSTREAM_BAD_RESPONSE;
    }
    head.fieldsStart = at + 2;
    return null;
  }

  @Override
  Failure malformedStartLine() {
    return Failure.UPSTREAM_BAD_RESPONSE;
  }

  @Override
  Failure tooLarge(boolean withinStartLine) {
    return Failure.UPSTREAM_BAD_RESPONSE;
  }

  @Override
  Failure tooManyFields() {
    return Failure.UPSTREAM_BAD_RESPONSE;
  }
}
