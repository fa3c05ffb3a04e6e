package io.harborgateway.http;

import io.harborgateway.http.head.BodyLength;
import io.harborgateway.http.head.Failure;
import io.harborgateway.http.head.Framing;
import io.harborgateway.http.head.RequestHead;
import io.harborgateway.http.head.RequestRules;
import io.harborgateway.route.Instance;
import io.harborgateway.route.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is admitted, in this order: the rules for its target and fields, the
 * length of its body, its host, and whether the host belongs to the connection's certificate.
 * Independent of the channel and of how the front framed the request.
 *
 * <p>Reused for one request after the other, so that an admission allocates nothing. Confined to
 * one event loop.
 */
final class RequestGate {
  private final Framing framing = new Framing();
  private @Nullable Instance instance;
  private long bodyLength;

  /**
   * Decides on one request.
   *
   * @param routes the snapshot used for the request
   * @param certificateOf the instance whose certificate was presented, or null without TLS
   * @return null if the request is admitted, otherwise the failure
   */
  @Nullable Failure admit(RequestHead head, RouteTable routes, @Nullable Instance certificateOf) {
    instance = null;
    bodyLength = BodyLength.NONE;
    Failure failure = RequestRules.check(head);
    if (failure == null && !framing.ofRequest(head)) {
      failure = framing.failure();
    }
    if (failure != null) {
      return failure;
    }
    bodyLength = framing.bodyLength();
    return route(head, routes, certificateOf);
  }

  private @Nullable Failure route(
      RequestHead head, RouteTable routes, @Nullable Instance certificateOf) {
    Instance found =
        head.hasHost()
            ? routes.lookup(head, head.hostStart, head.hostEnd)
            : routes.onlyInstance(); // an HTTP/1.0 request without Host can only mean that one
    instance = found;
    if (found == null) {
      return head.hasHost() ? Failure.UNKNOWN_HOST : Failure.BAD_HOST;
    }
    if (!head.hasHost()) {
      head.givenHost = found.host();
    }
    return certificateOf == null || found.isSameAs(certificateOf) ? null : Failure.MISDIRECTED;
  }

  /** The instance of the host, whether or not the request was admitted, or null. */
  @Nullable Instance instance() {
    return instance;
  }

  /** A value of {@link BodyLength}; undefined for a malformed request. */
  long bodyLength() {
    return bodyLength;
  }
}
