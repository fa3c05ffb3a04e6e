package io.harborgateway.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Has a request served by one of the endpoints, by the rules of gorouter's proxy_round_tripper: up
 * to three attempts, each on another endpoint as long as there is one.
 *
 * <p>Another attempt is made after a failure that is always retriable, after any failure before the
 * request's head was written (so after a reset, an end or any alert in the handshake, too), and
 * after an end of file in place of the response to a replayable request. A reset in its place is
 * final.
 */
final class RoundTripper {
  private static final int MAX_ATTEMPTS = 3;

  private RoundTripper() {}

  static RouterResponse roundTrip(EndpointPool pool, RouterRequest request) {
    var attempts = new ArrayList<Attempt>();
    var tried = new HashSet<String>();
    EndpointPool.Selection selection = pool.selection();
    BackendException last = new BackendException(BackendFailure.OTHER, "No endpoints available");
    while (attempts.size() < MAX_ATTEMPTS) {
      EndpointPool.Selected backend = selection.next();
      if (backend == null) {
        break;
      }
      boolean isNew = tried.add(backend.endpoint().address());
      if (!isNew && attempts.size() >= pool.size()) {
        break;
      }
      var trace = new RequestTrace();
      try {
        return attempt(backend, request, trace, attempts);
      } catch (BackendException e) {
        last = e;
        pool.failed(backend, e.failure());
        if (!isRetriable(request, e.failure(), trace)) {
          break;
        }
      }
    }
    return RouterResponse.ofRouter(
        last.failure().status(), "endpoint_failure (" + last.getMessage() + ")", attempts);
  }

  private static RouterResponse attempt(
      EndpointPool.Selected backend,
      RouterRequest request,
      RequestTrace trace,
      List<Attempt> attempts)
      throws BackendException {
    RouterEndpoint endpoint = backend.endpoint();
    Instant began = Instant.now();
    backend.begin();
    try {
      BackendResponse response =
          backend.transport().roundTrip(request, request.head(endpoint), trace);
      attempts.add(Attempt.of(endpoint, began, trace, response.cut()));
      return RouterResponse.ofBackend(response, attempts);
    } catch (BackendException e) {
      attempts.add(Attempt.of(endpoint, began, trace, e));
      throw e;
    } finally {
      backend.end();
    }
  }

  private static boolean isRetriable(
      RouterRequest request, BackendFailure failure, RequestTrace trace) {
    if (trace.isBodyTaken()) {
      return false; // a second attempt would fail, for the client does not send it again
    }
    return failure.isRetriable()
        || !trace.isConnected()
        || !trace.isHeadWritten()
        || (failure == BackendFailure.END_OF_FILE && request.isReplayable());
  }
}
