package io.harborgateway.http;

/** The view of a response head. */
final class ResponseHead extends Head {
  /** 100 to 999. */
  int status;

  /** Where the status begins, from which the line is copied: {@code 200 OK CRLF}. */
  int statusStart;

  boolean isInformational() {
    return status < 200;
  }
}
