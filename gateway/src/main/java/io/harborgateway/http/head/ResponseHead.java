package io.harborgateway.http.head;

/** The view of a response head. */
public final class ResponseHead extends Head {
  /** 100 to 599. */
  public int status;

  /** Start of the status; the line is copied from here: {@code 200 OK CRLF}. */
  int statusStart;

  public boolean isInformational() {
    return status < 200;
  }

  /**
   * Returns whether a response of this status ends with its head whatever its fields say, and must
   * have no fields that describe a body (RFC 9112 section 6.3, RFC 9110 section 8.6). Responses to
   * HEAD, and 304, end there as well, but may describe the body they stand for.
   */
  boolean endsByStatus() {
    return status < 200 || status == 204;
  }
}
